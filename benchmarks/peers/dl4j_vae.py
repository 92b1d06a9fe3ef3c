"""DL4J peer (workloads mlp and mlp1000): its variational autoencoder layer on the JVM, trained by pretrainLayer.

  dl4j_vae.py --variant {pretrain,pretrain_passive} --data DIR --epochs 3 --threads 2

Variants:
  pretrain          as DL4J documents it: workspaces, OMP_NUM_THREADS, ND4J's kernels for the AVX that this processor has
  pretrain_passive  the same with OMP_WAIT_POLICY=PASSIVE: else ND4J's threads, waiting, keep OpenBLAS' from the cores

Needs JDK 17 or later and Maven, which downloads DL4J (versions in dl4j/pom.xml) when dl4j/ is first built; any Python 3
will do.
"""
import os
import subprocess
import sys

PROJECT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "dl4j")
JAR = os.path.join(PROJECT, "target", "dl4j-vae.jar")
AVX512 = {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}


def classifier(flags):
    """Which of ND4J's kernels a processor with such flags is to use."""
    return "linux-x86_64" + ("-avx512" if AVX512 <= set(flags) else "-avx2" if "avx2" in flags else "")


def kernels():
    with open("/proc/cpuinfo") as f:
        return classifier(f.read().split())


def classpath():
    """The file that a build writes; another for other kernels."""
    return os.path.join(PROJECT, "target", "classpath-" + kernels())


def built():
    """Whether there is a program of today's sources."""
    if not (os.path.exists(JAR) and os.path.exists(classpath())):
        return False
    sources = [os.path.join(PROJECT, "pom.xml")]
    sources += [os.path.join(folder, f) for folder, _, files in os.walk(os.path.join(PROJECT, "src")) for f in files]
    return os.path.getmtime(JAR) >= max(map(os.path.getmtime, sources))


def build():
    """Builds the program where it is not built yet; what is wrong, in a line, if that cannot be."""
    if built():
        return None
    command = ["mvn", "-q", "-B", "-Dstyle.color=never", "-f", PROJECT, f"-Dnd4j.classifier={kernels()}", "package"]
    try:
        p = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        return "DL4J is built by Maven, and there is no mvn"
    if p.returncode:
        said = [line.split("[ERROR] ")[1] for line in p.stdout.splitlines() if "[ERROR] " in line]
        return f"DL4J cannot be built ({said[0][:300] if said else f'mvn: exit status {p.returncode}'})"
    return None


def main():
    import common
    a = common.parse(__doc__, ("pretrain", "pretrain_passive"), ("mlp", "mlp1000"))
    wrong = build()
    if wrong:
        sys.exit(wrong)
    if a.variant == "pretrain_passive":
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    with open(classpath()) as f:
        path = f"{JAR}:{f.read().strip()}"
    options = {**vars(a), "batch": common.BATCH[a.workload]}
    os.execvp("java", ["java", "-Xmx2g", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", path, "jensen.peers.Dl4jVae",
                       *(word for name, value in options.items() for word in (f"--{name}", str(value)))])


if __name__ == "__main__":
    main()
