public import ArgumentParser
public import Video

/// The options of commands that read videos.
struct VideoOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "How many pictures make a second, such as 25 or 30000/1001: folders of pictures are then read as videos.",
            valueName: "rate"))
    var fps: FrameRate?

    /// How videos are opened.
    var decoderOptions: DecoderOptions { DecoderOptions(pictureRate: fps) }
}

extension FrameRate: ExpressibleByArgument {
    /// A rate such as `25`, `29.97` or `30000/1001`.
    public init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, let numerator = Int(parts[0]), let denominator = Int(parts[1]) {
            guard (1...1_000_000).contains(numerator), (1...1_000_000).contains(denominator) else { return nil }
            self = FrameRate(numerator, denominator).reduced
        } else if let rate = Double(argument), rate.isFinite, rate >= 0.001, rate <= 1000 {
            self.init(decimal: rate)
        } else {
            return nil
        }
    }
}
