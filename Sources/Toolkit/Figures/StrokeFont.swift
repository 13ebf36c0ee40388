import Foundation

/// Letters made of strokes, for pictures without a font: printable ASCII, common accents over and under it, and marks such as
/// dashes and quotes as their nearest; any other character is a box.
///
/// The letters are Hershey's Roman simplex (A. V. Hershey, U. S. National Bureau of Standards, 1967), in the distribution by James
/// Hurt and Peter Holzmann, which may be used for any purpose where this is said.
enum StrokeFont {
    struct Glyph {
        /// The left and the right side of the letter's place.
        var left: Double
        var right: Double
        /// Lines through points; x to the right, y downwards from the middle of capitals.
        var strokes: [[(x: Double, y: Double)]]
        var width: Double { right - left }
    }

    /// From the top of capitals to the base line.
    static let capitalHeight = 21.0
    /// The y of the base line.
    static let baseLine = 9.0
    /// How much narrower than designed letters are drawn, which makes them as wide as those of common sans serif fonts.
    static let narrowing = 0.8

    /// The letter of a character, and its accent.
    static func glyph(_ character: Character) -> Glyph {
        if let plain = nearest[character] { return glyphs[plain] ?? box }
        let scalars = Array(String(character).decomposedStringWithCanonicalMapping.unicodeScalars)
        guard let first = scalars.first, var glyph = glyphs[Character(first)] else { return box }
        // Small letters reach to -5, capitals and those with ascenders to -12.
        let top = glyph.strokes.joined().map(\.y).min() ?? -12
        for mark in scalars.dropFirst() {
            guard let strokes = accents[mark] else { continue }
            let shift = mark.value == 0x327 ? 0 : top + 5
            glyph.strokes += strokes.map { $0.map { ($0.x, $0.y + shift) } }
        }
        return glyph
    }

    /// The width of a text whose capitals are `height` high.
    static func width(of text: String, capitalHeight height: Double) -> Double {
        text.reduce(0) { $0 + glyph($1).width } * height / capitalHeight * narrowing
    }

    private static let nearest: [Character: Character] = [
        "\u{2013}": "-", "\u{2014}": "-", "\u{2212}": "-", "\u{2018}": "'", "\u{2019}": "'", "\u{201C}": "\"",
        "\u{201D}": "\"", "\u{A0}": " ", "\t": " ", "\u{D7}": "x", "\u{B7}": ".",
    ]

    /// Marks over small letters, and the cedilla under letters.
    private static let accents: [Unicode.Scalar: [[(x: Double, y: Double)]]] = [
        "\u{300}": [[(-4, -12), (1, -8)]], "\u{301}": [[(4, -12), (-1, -8)]],
        "\u{302}": [[(-4, -8), (0, -12), (4, -8)]],
        "\u{303}": [[(-5, -9), (-3, -11), (-1, -11), (1, -9), (3, -9), (5, -11)]],
        "\u{308}": [[(-4, -10), (-3, -10)], [(3, -10), (4, -10)]],
        "\u{30A}": [[(0, -13), (2, -11), (0, -8), (-2, -11), (0, -13)]], "\u{30C}": [[(-4, -12), (0, -8), (4, -12)]],
        "\u{327}": [[(0, 9), (2, 12), (1, 14), (-2, 14)]],
    ]

    private static let box = Glyph(
        left: -9, right: 9, strokes: [[(-6, -12), (6, -12), (6, 9), (-6, 9), (-6, -12)]])

    private static let glyphs: [Character: Glyph] = {
        var result: [Character: Glyph] = [:]
        for (index, row) in rows.enumerated() {
            let values = row.utf8.map { Double($0) - 82 }
            let lines = row.dropFirst(2).split(separator: " ").map { line in
                let values = line.utf8.map { Double($0) - 82 }
                return stride(from: 0, to: values.count - 1, by: 2).map { (x: values[$0], y: values[$0 + 1]) }
            }
            let glyph = Glyph(left: values[0], right: values[1], strokes: lines)
            result[Character(Unicode.Scalar(UInt8(32 + index)))] = glyph
        }
        // Three points instead of an ellipsis.
        let dots = [-6.0, 0, 6].map { [(x: $0, y: 8.0), (x: $0, y: 9.0)] }
        result["\u{2026}"] = Glyph(left: -9, right: 9, strokes: dots)
        return result
    }()

    /// For each character from the space on: its sides, then the points of its lines, x and y; a byte less 82 is a number.
    private static let rows = [
        "JZ", "MWRFRT RYQZR[SZRY", "JZNFNM VFVM", "H]SBLb YBRb LOZO KUYU",
        #"H\PBP_ TBT_ YIWGTFPFMGKIKKLMMNOOUQWRXSYUYXWZT[P[MZKX"#,
        "F^[FI[ NFPHPJOLMMKMIKIIJGLFNFPGSHVHYG[F WTUUTWTYV[X[ZZ[X[VYTWT",
        #"E_\O\N[MZMYNXPVUTXRZP[L[JZIYHWHUISJRQNRMSKSIRGPFNGMIMKNNPQUXWZY[[[\Z\Y"#, "MWRHQGRFSGSIRKQL",
        "KYVBTDRGPKOPOTPYR]T`Vb", "KYNBPDRGTKUPUTTYR]P`Nb", "JZRLRX MOWU WOMU", "E_RIR[ IR[R", "NVSWRXQWRVSWSYQ[",
        "E_IR[R", "NVRVQWRXSWRV", "G][BIb", #"H\QFNGLJKOKRLWNZQ[S[VZXWYRYOXJVGSFQF"#, #"H\NJPISFS["#,
        #"H\LKLJMHNGPFTFVGWHXJXLWNUQK[Y["#, #"H\MFXFRNUNWOXPYSYUXXVZS[P[MZLYKW"#, #"H\UFKTZT UFU["#,
        #"H\WFMFLOMNPMSMVNXPYSYUXXVZS[P[MZLYKW"#, #"H\XIWGTFRFOGMJLOLTMXOZR[S[VZXXYUYTXQVOSNRNOOMQLT"#,
        #"H\YFO[ KFYF"#, #"H\PFMGLILKMMONSOVPXRYTYWXYWZT[P[MZLYKWKTLRNPQOUNWMXKXIWGTFPF"#,
        #"H\XMWPURRSQSNRLPKMKLLINGQFRFUGWIXMXRWWUZR[P[MZLX"#, "NVROQPRQSPRO RVQWRXSWRV",
        "NVROQPRQSPRO SWRXQWRVSWSYQ[", "F^ZIJRZ[", "E_IO[O IU[U", "F^JIZRJ[",
        "I[LKLJMHNGPFTFVGWHXJXLWNVORQRT RYQZR[SZRY",
        #"E`WNVLTKQKOLNMMPMSNUPVSVUUVS QKOMNPNSOUPV WKVSVUXVZV\T]Q]O\L[JYHWGTFQFNGLHJJILHOHRIUJWLYNZQ[T[WZYYZX XKWSWUXV"#,
        "I[RFJ[ RFZ[ MTWT", #"G\KFK[ KFTFWGXHYJYLXNWOTP KPTPWQXRYTYWXYWZT[K["#,
        "H]ZKYIWGUFQFOGMILKKNKSLVMXOZQ[U[WZYXZV", #"G\KFK[ KFRFUGWIXKYNYSXVWXUZR[K["#, "H[LFL[ LFYF LPTP L[Y[",
        "HZLFL[ LFYF LPTP", "H]ZKYIWGUFQFOGMILKKNKSLVMXOZQ[U[WZYXZVZS USZS", "G]KFK[ YFY[ KPYP", "NVRFR[",
        "JZVFVVUYTZR[P[NZMYLVLT", #"G\KFK[ YFKT POY["#, "HYLFL[ L[X[", "F^JFJ[ JFR[ ZFR[ ZFZ[", "G]KFK[ KFY[ YFY[",
        "G]PFNGLIKKJNJSKVLXNZP[T[VZXXYVZSZNYKXIVGTFPF", #"G\KFK[ KFTFWGXHYJYMXOWPTQKQ"#,
        "G]PFNGLIKKJNJSKVLXNZP[T[VZXXYVZSZNYKXIVGTFPF SWY]", #"G\KFK[ KFTFWGXHYJYLXNWOTPKP RPY["#,
        #"H\YIWGTFPFMGKIKKLMMNOOUQWRXSYUYXWZT[P[MZKX"#, "JZRFR[ KFYF", "G]KFKULXNZQ[S[VZXXYUYF", "I[JFR[ ZFR[",
        #"F^HFM[ RFM[ RFW[ \FW["#, #"H\KFY[ YFK["#, "I[JFRPR[ ZFRP", #"H\YFK[ KFYF K[Y["#, "KYOBOb PBPb OBVB ObVb",
        "KYKFY^", "KYTBTb UBUb NBUB NbUb", "JZRDJR RDZR", "I[Ib[b", "NVSKQMQORPSORNQO",
        #"I\XMX[ XPVNTMQMONMPLSLUMXOZQ[T[VZXX"#, "H[LFL[ LPNNPMSMUNWPXSXUWXUZS[P[NZLX",
        "I[XPVNTMQMONMPLSLUMXOZQ[T[VZXX", #"I\XFX[ XPVNTMQMONMPLSLUMXOZQ[T[VZXX"#,
        "I[LSXSXQWOVNTMQMONMPLSLUMXOZQ[T[VZXX", "MYWFUFSGRJR[ OMVM",
        #"I\XMX]W`VaTbQbOa XPVNTMQMONMPLSLUMXOZQ[T[VZXX"#, #"I\MFM[ MQPNRMUMWNXQX["#, "NVQFRGSFREQF RMR[",
        "MWRFSGTFSERF SMS^RaPbNb", "IZMFM[ WMMW QSX[", "NVRFR[", #"CaGMG[ GQJNLMOMQNRQR[ RQUNWMZM\N]Q]["#,
        #"I\MMM[ MQPNRMUMWNXQX["#, #"I\QMONMPLSLUMXOZQ[T[VZXXYUYSXPVNTMQM"#, "H[LMLb LPNNPMSMUNWPXSXUWXUZS[P[NZLX",
        #"I\XMXb XPVNTMQMONMPLSLUMXOZQ[T[VZXX"#, "KXOMO[ OSPPRNTMWM", "J[XPWNTMQMNNMPNRPSUTWUXWXXWZT[Q[NZMX",
        "MYRFRWSZU[W[ OMVM", #"I\MMMWNZP[S[UZXW XMX["#, "JZLMR[ XMR[", "G]JMN[ RMN[ RMV[ ZMV[", "J[MMX[ XMM[",
        "JZLMR[ XMR[P_NaLbKb", "J[XMM[ MMXM M[X[",
        #"KYTBRCQDPFPHQJRKSMSOQQ RCQEQGRISJTLTNSPORSTTVTXSZR[Q]Q_Ra QSSUSWRYQZP\P^Q`RaTb"#, "NVRBRb",
        #"KYPBRCSDTFTHSJRKQMQOSQ RCSESGRIQJPLPNQPURQTPVPXQZR[S]S_Ra SSQUQWRYSZT\T^S`RaPb"#,
        "F^IUISJPLONOPPTSVTXTZS[Q ISJQLPNPPQTTVUXUZT[Q[O",
    ]
}
