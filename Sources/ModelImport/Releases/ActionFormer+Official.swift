public import Localization

extension ActionFormer: PyramidNaming {
    static func officialBlockName(of parts: [String]) -> String {
        let kind = parts.last ?? ""
        switch parts[0] {
        case "attention_norm": return "ln1.\(kind)"
        case "feed_forward_norm": return "ln2.\(kind)"
        case "attention_scale": return "drop_path_attn.scale"
        case "feed_forward_scale": return "drop_path_mlp.scale"
        case "feed_forward": return "mlp.\(parts[1] == "expand" ? 0 : 3).\(kind)"
        case "first": return "conv1.conv.\(kind)"
        case "second": return "conv2.conv.\(kind)"
        case "shortcut": return "downsample.conv.\(kind)"
        default: break
        }
        switch parts[1] {
        case "output": return "attn.proj.\(kind)"
        case "relative_positions": return "attn.rel_pe"
        default: break
        }
        switch parts[2] {
        case "convolution": return "attn.\(parts[1])_conv.conv.\(kind)"
        case "norm": return "attn.\(parts[1])_norm.\(kind)"
        default: return "attn.\(parts[1]).\(kind)"
        }
    }
}
