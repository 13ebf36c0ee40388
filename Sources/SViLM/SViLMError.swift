/// What can go wrong with the files that the text side and pre-training read and write.
public enum SViLMError: Error, Equatable, CustomStringConvertible {
    /// A vocabulary that cannot serve as one.
    case unusableVocabulary(file: String, reason: String)
    /// Nothing in a manifest can be trained on.
    case noUsableVideos(file: String, count: Int, example: String)
    /// A checkpoint of another run or a damaged one.
    case unusableCheckpoint(file: String, reason: String)
    /// Settings that do not fit each other or the data.
    case unfit(setting: String, problem: String)

    public var description: String {
        switch self {
        case .unusableVocabulary(let file, let reason):
            return
                "\(file): no usable vocabulary (\(reason)); one word piece a line is expected, with [PAD], [UNK], [CLS]"
                + " and [SEP] among them"
        case .noUsableVideos(let file, let count, let example):
            return "\(file): none of \(count) video(s) can be read, the first because \(example)"
        case .unusableCheckpoint(let file, let reason):
            return "\(file): cannot be resumed from (\(reason)); start again in another folder"
        case .unfit(let setting, let problem):
            return "\(setting) \(problem)"
        }
    }
}
