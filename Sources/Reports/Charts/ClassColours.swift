/// The colours of classes: fixed by the list of classes, so that a class has one colour on every page of a data set.
public enum ClassColours {
    /// Okabe and Ito's palette, which people with any colour vision can distinguish (Okabe and Ito 2008), grey instead of black so
    /// that it shows on dark ground too.
    static let few = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a600", "#7f7f7f"]

    /// A colour for each class, as `#rrggbb`.
    ///
    /// Up to eight classes have Okabe and Ito's; more go round the hues, each hue in a dark and a light form, so that neighbours
    /// differ in lightness too.
    public static func colours(count: Int) -> [String] {
        guard count > few.count else { return Array(few.prefix(max(0, count))) }
        let hues = (count + 1) / 2
        return (0..<count).map { index in
            let hue = (210 + Double(index / 2) * 360 / Double(hues)).truncatingRemainder(dividingBy: 360)
            return hex(hue: hue, saturation: 0.62, lightness: index % 2 == 0 ? 0.38 : 0.66)
        }
    }

    /// Red, green and blue as `#rrggbb` of a colour in HSL.
    static func hex(hue: Double, saturation: Double, lightness: Double) -> String {
        let chroma = (1 - abs(2 * lightness - 1)) * saturation
        let sector = hue / 60
        let second = chroma * (1 - abs(sector.truncatingRemainder(dividingBy: 2) - 1))
        let base = lightness - chroma / 2
        let (red, green, blue): (Double, Double, Double) =
            switch Int(sector) {
            case 0: (chroma, second, 0)
            case 1: (second, chroma, 0)
            case 2: (0, chroma, second)
            case 3: (0, second, chroma)
            case 4: (second, 0, chroma)
            default: (chroma, 0, second)
            }
        return "#"
            + [red, green, blue].map { value in
                let byte = Int(((value + base) * 255).rounded())
                let digits = String(min(255, max(0, byte)), radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
    }
}
