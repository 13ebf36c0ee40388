extension Dictionary where Key == String {
    /// What is known of a video, whose id may stand here in the other of ActivityNet's two forms: with and without `v_` before it.
    ///
    /// - Parameter id: the id of the video; what is known under exactly this id comes first.
    package func value(ofVideo id: String) -> Value? {
        self[id] ?? self[id.hasPrefix("v_") ? String(id.dropFirst(2)) : "v_" + id]
    }
}
