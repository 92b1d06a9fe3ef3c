package jensen.tensor;

import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.OperatorHandle;

/** Operators that libtorch's Java interface reaches only through the dispatcher, and arguments of theirs, kept for good. */
final class Operators {
    private Operators() {}

    /** @throws RuntimeException if libtorch was built without it */
    static OperatorHandle find(String name) {
        Native.load();
        OperatorHandle handle = Dispatcher.singleton().findSchemaOrThrow(name, "");
        handle.retainReference();
        return handle;
    }

    /** An argument that is always the same. */
    static IValue kept(IValue value) {
        value.retainReference();
        return value;
    }
}
