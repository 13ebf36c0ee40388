import CKernels

/// Swift names for the vectorised loops.
enum Kernels {
    static func addInPlace(_ target: UnsafeMutablePointer<Float>, _ source: UnsafePointer<Float>?, count: Int) {
        tal_add_in_place(target, source, count)
    }
}
