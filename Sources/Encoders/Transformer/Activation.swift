import Tensors

extension TransformerSettings.Activation {
    func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .gelu: return x.gelu()
        case .quickGELU: return x * (x * 1.702).sigmoid()
        case .geluTanh:
            // 0.5 · (1 + tanh(z)) is the sigmoid of 2 z.
            let cube = x.squared() * x
            return x * ((x + cube * 0.044715) * (2 * 0.797_884_56)).sigmoid()
        }
    }
}
