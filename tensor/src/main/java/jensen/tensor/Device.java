package jensen.tensor;

import org.bytedeco.pytorch.global.torch;

/**
 * Where a tensor lives.
 *
 * @param cuda the number of the CUDA device, or −1 for the CPU
 */
public record Device(int cuda) {
    /** The CPU. */
    public static final Device CPU = new Device(-1);

    /** @throws IllegalArgumentException if {@code cuda < −1} */
    public Device {
        if (cuda < -1) {
            throw new IllegalArgumentException("cuda must be a device number ≥ 0, or −1 for the CPU; was " + cuda);
        }
    }

    /**
     * The device of a name as users write it: {@code cpu}, {@code cuda} or {@code cuda:1}.
     *
     * @throws IllegalArgumentException if the name is none of these, or the natives on the class path have no CUDA
     */
    public static Device parse(String name) {
        if (name.equals("cpu")) {
            return CPU;
        }
        if (!name.matches("cuda(:\\d{1,3})?")) {
            throw new IllegalArgumentException("device must be cpu, cuda or cuda:N; was " + name);
        }
        Native.load();
        int number = name.equals("cuda") ? 0 : Integer.parseInt(name.substring(5));
        int available = torch.hasCUDA() ? (int) org.bytedeco.pytorch.global.torch.getNumGPUs() : 0;
        if (number >= available) {
            throw new IllegalArgumentException("device " + name + ": " + available + " CUDA devices found;"
                    + " the GPU natives of org.bytedeco:pytorch must be on the class path (classifier …-gpu)");
        }
        return new Device(number);
    }

    org.bytedeco.pytorch.Device toNative() {
        return new org.bytedeco.pytorch.Device(cuda < 0 ? "cpu" : "cuda:" + cuda);
    }

    @Override
    public String toString() {
        return cuda < 0 ? "cpu" : "cuda:" + cuda;
    }
}
