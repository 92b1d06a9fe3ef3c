"""Makes deliberate errors, one at a time, in a copy of the library, and says which checks catch each.

    python3 reference/mutations.py [--tests] [WORD ...]

Without words it makes all of them, in about half an hour; with words those whose name has one of them. With --tests only
the tests run, not the selftest. It needs Python 3.9, a JDK and Maven, which compiles the library first. An error is an edit of one file that still compiles: the edited class goes in
front of the compiled ones, and the test that is named beside it and `jensen selftest` run on that. The sources are not
touched. It prints a table in Markdown, and its exit code is 1 if the test beside an error does not fail.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
SOURCES = HOME / "core/src/main/java"
MODULES = ("statcheck", "tensor", "core", "datasets", "cli")


@dataclass(frozen=True)
class Mutation:
    name: str
    file: str
    before: str
    after: str
    test: str


MUTATIONS = [
    Mutation(
        "KL of normals without its −1",
        "dist/Kl.java",
        "logRatio.expm1().sub(logRatio)",
        "logRatio.exp().sub(logRatio)",
        "dist.KlTest",
    ),
    Mutation(
        "KL of normals without its ½",
        "dist/Kl.java",
        ".add(distance).mul(0.5)",
        ".add(distance)",
        "dist.KlTest",
    ),
    Mutation(
        "−½ log 2π dropped from the normal density",
        "dist/DiagonalNormal.java",
        "Tensor constants = logVariance.add(LOG_TAU);",
        "Tensor constants = logVariance;",
        "dist.GoldenTest",
    ),
    Mutation(
        "log σ² read as log σ",
        "dist/DiagonalNormal.java",
        "return logVariance.mul(0.5).exp();",
        "return logVariance.exp();",
        "dist.LawTest",
    ),
    Mutation(
        "z = μ + σ² ε",
        "dist/DiagonalNormal.java",
        "mean.addProduct(standardDeviation(), noise, 1)",
        "mean.addProduct(standardDeviation().square(), noise, 1)",
        "dist.LawTest",
    ),
    Mutation(
        "mean over pixels instead of their sum",
        "dist/Bernoulli.java",
        "logits.innerProduct(x).sub(logits.sumSoftplus())",
        "logits.innerProduct(x).sub(logits.sumSoftplus()).mul(1.0 / logits.size(-1))",
        "dist.LawTest",
    ),
    Mutation(
        "softplus dropped from the Bernoulli mass",
        "dist/Bernoulli.java",
        "logits.innerProduct(x).sub(logits.sumSoftplus())",
        "logits.innerProduct(x)",
        "dist.GoldenTest",
    ),
    Mutation(
        "log C dropped from the continuous Bernoulli",
        "dist/ContinuousBernoulli.java",
        ".sub(logits.softplus()).add(logNormaliser())",
        ".sub(logits.softplus())",
        "dist.GoldenTest",
    ),
    Mutation(
        "KL added to the bound instead of taken away",
        "bound/Elbo.java",
        "mean.sub(beta == 1",
        "mean.add(beta == 1",
        "bound.BoundTest",
    ),
    Mutation(
        "log K forgotten in the bound of K draws",
        "bound/ImportanceWeighted.java",
        "logWeights.logSumExp(0).add(-Math.log((double) logWeights.size(0)))",
        "logWeights.logSumExp(0)",
        "bound.BoundTest",
    ),
    Mutation(
        "log p(z) dropped from log w",
        "model/LogWeights.java",
        "Tensor ratio = logPrior().sub(logPosterior());",
        "Tensor ratio = logPosterior().neg();",
        "bound.BoundTest",
    ),
    Mutation(
        "gradient of the bound stopped at z",
        "gradient/Pathwise.java",
        "target.logWeights(through(target, q, samples, rng), q)",
        "target.logWeights(Draw.of(through(target, q, samples, rng).z().detach()), q)",
        "gradient.PathwiseTest",
    ),
    Mutation(
        "log K forgotten in log 1/K Σ w",
        "evaluate/LogMeanExp.java",
        "double value = max + Math.log(sum / k);",
        "double value = max + Math.log(sum);",
        "evaluate.LogMeanExpTest",
    ),
    Mutation(
        "delta-method error without its 1/√K",
        "evaluate/LogMeanExp.java",
        "(k / effective - 1) / (k - 1)",
        "(k / effective - 1)",
        "evaluate.LogMeanExpTest",
    ),
    Mutation(
        "jackknife with the bias added",
        "evaluate/LogMeanExp.java",
        "value - bias(relative,",
        "value + bias(relative,",
        "evaluate.LogMeanExpTest",
    ),
    Mutation(
        "k̂ of a third of the tail",
        "evaluate/ParetoTail.java",
        "3 * Math.sqrt(k)",
        "Math.sqrt(k)",
        "evaluate.ParetoTailTest",
    ),
    Mutation(
        "annealing weights without β_t − β_(t−1)",
        "evaluate/Journey.java",
        "double change = betas[t] - betas[forward ? t - 1 : t + 1];",
        "double change = forward ? betas[t] / last : -betas[t] / last;",
        "evaluate.AnnealedImportanceTest#fromTheExactPosteriorThereIsNoError",
    ),
    Mutation(
        "annealing that accepts every proposal",
        "evaluate/Hmc.java",
        "uniform.select(-1, 1).log().lessThan(gain)",
        "uniform.select(-1, 1).log().add(-1e9).lessThan(gain)",
        "evaluate.HmcTest",
    ),
    Mutation(
        "quadrature without the scale of its lattice",
        "evaluate/Lattice.java",
        "sum += Math.log(root[i][i]);",
        "sum += 0;",
        "evaluate.QuadratureTest",
    ),
    Mutation(
        "gap by quadrature without log ∫ p(x, z)",
        "evaluate/Quadrature.java",
        "return sum + lattice.logIntegral(0);",
        "return sum;",
        "evaluate.QuadratureTest",
    ),
    Mutation(
        "posterior of the linear model with σ for σ²",
        "evaluate/LinearGaussian.java",
        "inverse.mul(noiseVariance).cholesky()",
        "inverse.mul(Math.sqrt(noiseVariance)).cholesky()",
        "evaluate.LinearGaussianTest",
    ),
    Mutation(
        "information of codes without log N",
        "evaluate/Surgery.java",
        "return new Mixture(Tensor.of(new double[n], n), normal(codes, all)).logProb(z);",
        "return new Mixture(Tensor.of(new double[n], n), normal(codes, all)).logProb(z).add(Math.log(n));",
        "evaluate.SurgeryTest",
    ),
    Mutation(
        "weights of a mixture's density not normalised",
        "dist/Mixture.java",
        "each(x).add(logits.logSoftmax(-1)).logSumExp(-1)",
        "each(x).add(logits).logSumExp(-1)",
        "dist.MixtureTest",
    ),
    Mutation(
        "draws of a mixture that do not move with the weights",
        "dist/NormalMixture.java",
        ".add(byComponents.sub(byComponents.detach())).sub(byWeights)",
        ".add(byComponents.sub(byComponents.detach()))",
        "dist.NormalMixtureTest",
    ),
    Mutation(
        "components that move a draw as if all weighed the same",
        "dist/NormalMixture.java",
        "fixed.logProb(at).add(logits).softmax(-1)",
        "fixed.logProb(at).softmax(-1)",
        "dist.NormalMixtureTest",
    ),
    Mutation(
        "elements of a mixture moved without those before",
        "dist/NormalMixture.java",
        "rows.matmul(score).mul(before)",
        "rows.matmul(score).mul(before).mul(0)",
        "dist.NormalMixtureTest",
    ),
    Mutation(
        "density of the first layer dropped from a draw",
        "dist/Chain.java",
        "Draw.of(joined(a, b), first.logProb(a).add(second.logProb(b)))",
        "Draw.of(joined(a, b), second.logProb(b))",
        "model.ChainedTest",
    ),
    Mutation(
        "prior of two layers read in q's order",
        "dist/Chain.java",
        "upwards ? b : 0, a)",
        "0, a)",
        "dist.ChainTest",
    ),
    Mutation(
        "likelihood that reads the last layer",
        "model/Reading.java",
        "whole.narrow(-1, 0, of.condition())",
        "whole.narrow(-1, condition - of.condition(), of.condition())",
        "model.ChainedTest",
    ),
    Mutation(
        "KL of bits without what a 0 adds",
        "dist/Kl.java",
        "return one.add(zero);",
        "return one;",
        "dist.KlTest",
    ),
    Mutation(
        "KL of classes under p instead of q",
        "dist/Kl.java",
        "Tensor pi = logQ.exp();",
        "Tensor pi = logP.exp();",
        "dist.OneHotTest",
    ),
    Mutation(
        "Gumbel noise of the wrong sign",
        "dist/ExpConcrete.java",
        ".neg().softplus().log().neg();",
        ".neg().softplus().log();",
        "dist.OneHotTest",
    ),
    Mutation(
        "density of relaxed classes without log τ",
        "dist/ExpConcrete.java",
        "LogGamma.value(c) + (c - 1) * Math.log(temperature)",
        "LogGamma.value(c)",
        "dist.OneHotTest",
    ),
    Mutation(
        "density of a relaxed bit without log τ",
        "dist/BinaryConcrete.java",
        ".add(Math.log(temperature)).sum(-1)",
        ".sum(-1)",
        "dist.OneHotTest",
    ),
    Mutation(
        "θ climbs the relaxed bound as well",
        "gradient/GumbelSoftmax.java",
        "new Estimate(value, value, bound.forPhi().value(relaxed), w)",
        "new Estimate(value, bound.value(relaxed), bound.forPhi().value(relaxed), w)",
        "gradient.DiscretePairsTest",
    ),
    Mutation(
        "exact sum over z with its weights as constants",
        "gradient/Enumeration.java",
        "each.expected(logQ.exp(), samples)",
        "each.expected(logQ.exp().detach(), samples)",
        "gradient.DiscretePairsTest",
    ),
    Mutation(
        "baseline of the score that knows its own draw",
        "gradient/ScoreFunction.java",
        "(i / k < i % k ? 0 : 1)",
        "(i / k <= i % k ? 0 : 1)",
        "gradient.DiscretePairsTest",
    ),
    Mutation(
        "score function without the bound's own derivative",
        "gradient/ScoreFunction.java",
        "fixed.forPhi().add(score)",
        "fixed.forPhi().detach().add(score)",
        "gradient.DiscretePairsTest",
    ),
    Mutation(
        "baseline of VIMCO with the mean of all draws",
        "gradient/Vimco.java",
        "logWeights.sum(0).sub(logWeights).mul(1.0 / (k - 1))",
        "logWeights.sum(0).sub(logWeights.zerosLike()).mul(1.0 / k)",
        "gradient.DiscretePairsTest",
    ),
    Mutation(
        "shares of a mixture dropped from what is drawn from",
        "evaluate/Strata.java",
        ".add(Math.log((double) part.share() / unit()))",
        "",
        "evaluate.DefensiveImportanceTest",
    ),
    Mutation(
        "every round of importance sampling on the same noise",
        "evaluate/ImportanceSampling.java",
        "noise.split(round)",
        "noise",
        "evaluate.ImportanceSamplingTest",
    ),
    Mutation(
        "every chunk of importance sampling on the same noise",
        "evaluate/ImportanceSampling.java",
        "noise.split(c)",
        "noise",
        "evaluate.ImportanceSamplingTest",
    ),
    Mutation(
        "derivative of KL by log σ² without its ½",
        "dist/Kl.java",
        "expm1().mul(c.mul(0.5).unsqueeze(-1))",
        "expm1().mul(c.unsqueeze(-1))",
        "dist.OwnDerivativesTest",
    ),
    Mutation(
        "derivative of a draw by log σ² without its ½",
        "dist/DiagonalNormal.java",
        "c.mul(noise).mul(sigma.mul(0.5))",
        "c.mul(noise).mul(sigma)",
        "dist.OwnDerivativesTest",
    ),
    Mutation(
        "derivative of a draw's own density by z as well",
        "dist/DiagonalNormal.java",
        "List.of(c -> c.mul(-0.5).unsqueeze(-1).expand(noise.shape()))",
        "List.of(c -> noise.square().mul(0.5).add(-0.5).mul(c.unsqueeze(-1)))",
        "dist.OwnDerivativesTest",
    ),
    Mutation(
        "derivative of log w by log q of the wrong sign",
        "model/LogWeights.java",
        "c -> c.mul(-klWeight)",
        "c -> c.mul(klWeight)",
        "dist.OwnDerivativesTest",
    ),
    Mutation(
        "derivative of a bound without the draws of little weight",
        "bound/Bound.java",
        "0x1p-24 : 0x1p-53",
        "0x1p-3 : 0x1p-3",
        "dist.OwnDerivativesTest",
    ),
    Mutation(
        "derivative of log σ of the wrong sign in σ",
        "dist/Bernoulli.java",
        "of.addProduct(of, rows.apply(s), -1)",
        "of.addProduct(of, rows.apply(s), 1)",
        "dist.BernoulliTest",
    ),
]


JAVA = (
    "java",
    "-XX:+UseSerialGC",
    "-Xmx1g",
    "-Djava.awt.headless=true",
    "-Dorg.bytedeco.javacpp.maxBytes=0",
    "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
)


def maven(*arguments: str) -> None:
    subprocess.run(("mvn", "-B", "-q", *arguments), cwd=HOME, check=True, stdin=subprocess.DEVNULL)


def compiled(work: Path) -> tuple[str, Path]:
    """The class path of the library, its command and its tests; and the program that runs tests."""
    maven("-pl", "cli", "-am", "test-compile", "dependency:build-classpath", "-Dmdep.outputFile=target/test-classpath")
    version = re.search(r"<junit.version>(.*?)</junit.version>", (HOME / "pom.xml").read_text()).group(1)
    console = f"org.junit.platform:junit-platform-console-standalone:{version}"
    maven("-N", "dependency:copy", f"-Dartifact={console}", f"-DoutputDirectory={work}")
    folders = [HOME / m / "target" / kind for m in MODULES for kind in ("classes", "test-classes")]
    paths = [(HOME / m / "target/test-classpath").read_text().strip().split(os.pathsep) for m in MODULES]
    libraries = dict.fromkeys(jar for path in paths for jar in path if jar.endswith(".jar"))
    return os.pathsep.join([*map(str, folders), *libraries]), next(work.glob("junit-platform-console-*.jar"))


def mutated_source(mutation: Mutation) -> str:
    text = (SOURCES / "jensen" / mutation.file).read_text(encoding="utf-8")
    if text.count(mutation.before) != 1:
        sys.exit(f"{mutation.name}: expected once in {mutation.file}, found {text.count(mutation.before)} times: {mutation.before}")
    return text.replace(mutation.before, mutation.after)


def compile_mutant(mutation: Mutation, classpath: str, out: Path) -> None:
    source = out / "source" / mutation.file
    source.parent.mkdir(parents=True)
    source.write_text(mutated_source(mutation), encoding="utf-8")
    options = ("-proc:none", "-nowarn", "--release", "17", "-parameters", "-encoding", "UTF-8")
    subprocess.run(("javac", *options, "-cp", classpath, "-d", str(out), str(source)), check=True)


def failures(test: str, classpath: str, console: Path, out: Path) -> list[str]:
    """The tests that fail, with the first lines of what they say."""
    select = ("-m" if "#" in test else "-c", "jensen." + test)
    runner = ("org.junit.platform.console.ConsoleLauncher", "execute", "--disable-banner", "--details=none", "-T", "slow")
    subprocess.run(
        (*JAVA, "-cp", f"{classpath}{os.pathsep}{console}", *runner, f"--reports-dir={out}", *select),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    cases = list(ElementTree.parse(out / "TEST-junit-jupiter.xml").iter("testcase"))
    if not cases:
        sys.exit(f"no test was run: {test}")
    found = []
    for case in cases:
        for problem in (*case.findall("failure"), *case.findall("error")):
            message = " ".join((problem.get("message") or problem.get("type") or "").split())
            found.append(f"{case.get('name').split('(')[0]}: {message}")
    return found


def untrue(classpath: str) -> list[str]:
    """The lines of the selftest that fail."""
    found = subprocess.run(
        (*JAVA, "-cp", classpath, "jensen.cli.Main", "selftest", "--json"), capture_output=True, text=True
    )
    if not found.stdout:
        return [found.stderr.strip().splitlines()[-1]]
    oracles = json.loads(found.stdout)["oracles"]
    return [f"{o['name']}: {o['expected']}, found {o['found']}" for o in oracles if not o["ok"]]


def cell(found: list[str]) -> str:
    """The first of what was found, and how many more there are, for a table."""
    if not found:
        return "no"
    text = found[0].replace("|", "\\|")
    text = text if len(text) <= 110 else text[:109] + "…"
    return text + (f" (and {len(found) - 1} more)" if len(found) > 1 else "")


def main(arguments: list[str]) -> int:
    words = [a for a in arguments if a != "--tests"]
    chosen = [m for m in MUTATIONS if not words or any(w in m.name for w in words)]
    missed = 0
    for mutation in chosen:
        mutated_source(mutation)  # so that one that no longer fits the sources is told before the others are made
    with tempfile.TemporaryDirectory() as folder:
        classpath, console = compiled(Path(folder))
        print("| error | in | the test beside it says | `jensen selftest` says |\n|---|---|---|---|", flush=True)
        for number, mutation in enumerate(chosen):
            out = Path(folder) / str(number)
            compile_mutant(mutation, classpath, out)
            mutated = f"{out}{os.pathsep}{classpath}"
            failed = failures(mutation.test, mutated, console, out / "reports")
            missed += not failed
            selftest = "" if "--tests" in arguments else cell(untrue(mutated))
            test = f"`{mutation.test.split('#')[0].split('.')[-1]}` "
            print(
                f"| {mutation.name} | `{mutation.file}` | {test}{cell(failed)} | {selftest} |",
                flush=True,
            )
    print(f"\n{len(chosen) - missed} of {len(chosen)} caught by the test beside them")
    return 1 if missed else 0


if __name__ == "__main__":
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    sys.exit(main(sys.argv[1:]))
