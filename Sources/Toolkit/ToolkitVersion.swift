/// The version of the program and the library.
public enum ToolkitVersion {
    /// By semantic versioning; `-dev` until it is released.
    public static let current = "0.2.0-dev"
}
