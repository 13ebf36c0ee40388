/// The temporal intersection over union (tIoU) of two intervals, whatever they are stored as.
///
/// Callers differ in the lengths they give, each for a reason: ``Segment/tIoU(with:)`` and evaluation use exact lengths and
/// have rules of their own for an empty union; suppression adds an epsilon to both lengths, as the reference code does;
/// voting uses exact lengths. It is inlinable because suppression and matching spend their time here.
package enum TemporalOverlap {
    /// The length that two intervals share; 0 where they are disjoint.
    @inlinable
    @inline(__always)
    package static func intersection<Number: FloatingPoint>(
        _ start: Number, _ end: Number, _ otherStart: Number, _ otherEnd: Number
    ) -> Number {
        max(0, min(end, otherEnd) - max(start, otherStart))
    }

    /// The tIoU of two intervals of the given lengths; not a number where the union is empty.
    @inlinable
    @inline(__always)
    package static func ratio<Number: FloatingPoint>(
        intersection: Number, length: Number, otherLength: Number
    ) -> Number {
        intersection / (length + otherLength - intersection)
    }
}
