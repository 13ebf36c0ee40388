/// What can go wrong between ranks.
public enum MessagePassingError: Error, Equatable, CustomStringConvertible {
    /// The process was started as one of several, and MPI cannot be used.
    case unavailable(fact: String, problem: String)
    /// The launcher and MPI do not agree on how many ranks there are.
    case otherCount(fact: String, found: Int, version: String)
    /// A transfer failed.
    case failed(reason: String)

    public var description: String {
        switch self {
        case .unavailable(let fact, let problem):
            return
                "this process was started as one of several ranks (\(fact)), and MPI cannot be used: \(problem); install Open MPI 4 "
                + "or 5, or name its library in \(OpenMPI.variable)"
        case .otherCount(let fact, let found, let version):
            return
                "this process was started as one of several ranks (\(fact)), and \(version) sees \(found); start it with the "
                + "mpirun of this Open MPI, or with an srun that speaks PMIx"
        case .failed(let reason):
            return "the ranks lost each other: \(reason)"
        }
    }
}
