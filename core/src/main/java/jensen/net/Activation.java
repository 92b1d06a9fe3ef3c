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
        return this == TANH ? x.linearTanh(weight, bias) : apply(x.linear(weight, bias));
    }
}
