import Tensors

extension TransformerSettings.Activation {
    func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .gelu: return x.gelu()
        case .quickGELU: return x * (x * 1.702).sigmoid()
        case .geluTanh:
            let cube = x.squared() * x
            return x * ((x + cube * 0.044715) * 0.797_884_56).tanh().affine(scale: 0.5, shift: 0.5)
        }
    }
}
