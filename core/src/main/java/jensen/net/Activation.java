package jensen.net;

import jensen.tensor.Tensor;

/** The non-linearity between layers. */
public enum Activation {
    TANH,
    RELU,
    ELU,
    GELU,
    SOFTPLUS;

    /** Applies it to each element. */
    public Tensor apply(Tensor x) {
        return switch (this) {
            case TANH -> x.tanh();
            case RELU -> x.relu();
            case ELU -> x.elu();
            case GELU -> x.gelu();
            case SOFTPLUS -> x.softplus();
        };
    }

    /** Applies it to each element of x Wᵀ + b. */
    Tensor affine(Tensor x, Tensor weight, Tensor bias) {
        return switch (this) {
            case TANH -> x.linearTanh(weight, bias);
            case RELU -> x.linearRelu(weight, bias);
            default -> apply(x.linear(weight, bias));
        };
    }

    /** Applies it to each element of a convolution. */
    Tensor convolution(Tensor x, Tensor kernels, Tensor bias, long stride, long padding) {
        return this == RELU
                ? x.convolveRelu(kernels, bias, stride, padding)
                : apply(x.convolve(kernels, bias, stride, padding));
    }

    /** Applies it to each element of a convolution's adjoint. */
    Tensor transposed(Tensor x, Tensor kernels, Tensor bias, long stride, long padding, long rows, long columns) {
        return this == RELU
                ? x.convolveTransposedRelu(kernels, bias, stride, padding, rows, columns)
                : apply(x.convolveTransposed(kernels, bias, stride, padding, rows, columns));
    }
}
