/// Why the viewer refuses what the page asks for.
enum ViewerError: Error, Equatable, CustomStringConvertible {
    case readOnly
    case changedElsewhere(video: String)
    case fileChanged(path: String)
    case unusable(String)
    case outsideFolder(path: String)

    var description: String {
        switch self {
        case .readOnly: "no file for labels was given, so nothing can be changed"
        case .changedElsewhere(let video): "the labels of \(video) were changed in another window; load the video again"
        case .fileChanged(let path): "\(path): another program changed the file since it was read"
        case .unusable(let problem): problem
        case .outsideFolder(let path): "\(path): lies outside the folder that is shown (a symbolic link)"
        }
    }
}
