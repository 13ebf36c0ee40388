extension Collection {
    /// Indices by descending score; equal scores keep the order of the collection.
    ///
    /// The index breaks ties, so the order does not depend on whether the library's sort is stable. It is inlinable because
    /// other targets sort thousands of proposals with it.
    @inlinable
    package func indicesByDescending(_ score: (Element) -> some Comparable) -> [Index] {
        indices.sorted { (score(self[$0]), $1) > (score(self[$1]), $0) }
    }

    /// Elements by descending score; equal scores keep their order.
    @inlinable
    package func sortedByDescending(_ score: (Element) -> some Comparable) -> [Element] {
        indicesByDescending(score).map { self[$0] }
    }
}
