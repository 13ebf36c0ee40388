internal import CHDF5
import Tensors

/// An array of numbers in a file.
///
/// All methods throw ``HDF5Failure``.
final class HDF5Dataset {
    private let handle: HDF5Handle

    init(_ handle: consuming HDF5Handle) {
        self.handle = handle
    }

    /// The most elements that are read of one data set: 4 GiB of them as `Float`.
    static let mostElements = 1 << 30
    private static let mostAxes = 8
    /// Deflate shrinks by 1032 at most. No features do by more than 64, but small arrays of zeros may.
    private static let (mostExpansion, usualExpansion, smallBytes) = (UInt64(1032), UInt64(64), UInt64(256) << 20)

    /// Refuses a data set whose elements lie in other files, or are compressed in a way that the library lacks.
    func requireOwnStorage() throws {
        try HDF5.locked {
            let properties = try HDF5Handle(H5Dget_create_plist(handle.id), close: H5Pclose)
            guard H5Pget_layout(properties.id) != H5D_VIRTUAL else {
                throw HDF5Failure(reason: "a data set is virtual: its values lie in other files, which are not read")
            }
            guard H5Pget_external_count(properties.id) == 0 else {
                throw HDF5Failure(reason: "the values of a data set lie in other files, which are not read")
            }
            guard H5Pall_filters_avail(properties.id) > 0 else {
                throw HDF5Failure(
                    reason: "a data set is compressed in a way that this HDF5 library lacks; rewrite it with "
                        + "'h5repack -f GZIP=1'")
            }
        }
    }

    /// The length of each axis, after checks that keep a hostile file from asking for more memory than it has data.
    func extent() throws -> [Int] {
        try HDF5.locked {
            let space = try HDF5Handle(H5Dget_space(handle.id), close: H5Sclose)
            let rank = try HDF5.check(H5Sget_simple_extent_ndims(space.id))
            guard (1...Self.mostAxes).contains(Int(rank)) else {
                throw HDF5Failure(reason: "it has \(rank) axes and not the two of [time, channels]")
            }
            var lengths = [hsize_t](repeating: 0, count: Int(rank))
            try HDF5.check(H5Sget_simple_extent_dims(space.id, &lengths, nil))
            var count = 1
            for length in lengths {
                let (product, overflows) = count.multipliedReportingOverflow(by: Int(clamping: length))
                guard !overflows, product <= Self.mostElements else {
                    throw HDF5Failure(
                        reason: "its shape is \(lengths), and at most \(Self.mostElements) values are read")
                }
                count = product
            }
            let type = try HDF5Handle(H5Dget_type(handle.id), close: H5Tclose)
            guard [H5T_FLOAT, H5T_INTEGER].contains(H5Tget_class(type.id)) else {
                throw HDF5Failure(reason: "its elements are not numbers")
            }
            let stored = H5Dget_storage_size(handle.id)
            // Chunks that were never written take no room and would read as zeros.
            let claimed = UInt64(count) * UInt64(H5Tget_size(type.id))
            let expansion = claimed <= Self.smallBytes ? Self.mostExpansion : Self.usualExpansion
            guard try claimed <= stored || (isCompressed() && claimed / expansion <= stored) else {
                throw HDF5Failure(
                    reason: "it claims \(claimed) bytes and has \(stored): part of it was never written, or it expands "
                        + "without measure")
            }
            return lengths.map(Int.init)
        }
    }

    /// Rows and columns of an array with just these axes; as ``extent()``.
    func shape() throws -> (rows: Int, columns: Int) {
        let lengths = try extent()
        guard lengths.count == 2 else {
            throw HDF5Failure(reason: "it has \(lengths.count) axes and not the two of [time, channels]")
        }
        return (lengths[0], lengths[1])
    }

    /// Reads it whole, whatever its type of numbers.
    func read() throws -> Tensor {
        try HDF5.locked { try read(extent(), memory: hid_t(H5S_ALL), file: hid_t(H5S_ALL)) }
    }

    /// Reads some rows of an array with two axes.
    func read(rows first: Int, count: Int) throws -> Tensor {
        try HDF5.locked {
            let (rows, columns) = try shape()
            guard first >= 0, count >= 0, first <= rows, count <= rows - first else {
                throw HDF5Failure(reason: "it has \(rows) rows, of which \(count) from row \(first) are wanted")
            }
            guard count > 0 else { return Tensor.zeros([0, columns]) }
            return try withRows(first, count: count, columns: columns) {
                try read([count, columns], memory: $0, file: $1)
            }
        }
    }

    /// Calls `body` with some rows of an array with two axes, as the library wants them: where they lie in memory, and in the file.
    private func withRows<Result>(
        _ first: Int, count: Int, columns: Int, _ body: (_ memory: hid_t, _ file: hid_t) throws -> Result
    ) throws -> Result {
        let file = try HDF5Handle(H5Dget_space(handle.id), close: H5Sclose)
        let size = [hsize_t(count), hsize_t(columns)]
        try HDF5.check(H5Sselect_hyperslab(file.id, H5S_SELECT_SET, [hsize_t(first), 0], nil, size, nil))
        let memory = try HDF5Handle(H5Screate_simple(2, size, nil), close: H5Sclose)
        return try body(memory.id, file.id)
    }

    /// Values that are checked together: few enough to stay in the processor's cache.
    private static let checkedAtOnce = 1 << 18

    /// Reads all rows of an array with two axes, so that their checksums are checked, and finds the first value that is not a finite number.
    ///
    /// Values of half precision are looked at as they are stored, which is several times as fast as reading them as `Float`.
    func firstNonFinite() throws -> (row: Int, column: Int)? {
        try HDF5.locked {
            let (rows, columns) = try shape()
            guard rows > 0, columns > 0 else { return nil }
            let half = try HDF5Handle(h5MakeHalf(), close: H5Tclose)
            let type = try HDF5Handle(H5Dget_type(handle.id), close: H5Tclose)
            let isHalf = try HDF5.check(H5Tequal(type.id, half.id)) > 0
            let step = max(1, Self.checkedAtOnce / columns)
            return try isHalf
                ? firstRow(of: rows, columns: columns, step: step, type: half.id, zero: UInt16(0)) {
                    UInt16(littleEndian: $0) & 0x7C00 == 0x7C00
                }
                : firstRow(of: rows, columns: columns, step: step, type: h5NativeFloat(), zero: UInt32(0)) {
                    $0 & 0x7F80_0000 == 0x7F80_0000
                }
        }
    }

    /// The place of the first number of a memory type whose bits are those of none.
    @inline(__always)
    private func firstRow<Bits: FixedWidthInteger>(
        of rows: Int, columns: Int, step: Int, type: hid_t, zero: Bits, isBad: (Bits) -> Bool
    ) throws -> (row: Int, column: Int)? {
        var bits = [Bits](repeating: zero, count: min(rows, step) * columns)
        for first in stride(from: 0, to: rows, by: step) {
            let selected = min(step, rows - first), count = selected * columns
            try withRows(first, count: selected, columns: columns) { memory, file in
                _ = try HDF5.check(H5Dread(handle.id, type, memory, file, hid_t(H5P_DEFAULT), &bits))
            }
            let bad = bits.withUnsafeBufferPointer { bits -> Int? in
                // Without an exit the loop vectorises.
                var found = false
                for index in 0..<count { found = isBad(bits[index]) || found }
                return found ? bits[..<count].firstIndex(where: isBad) : nil
            }
            if let bad { return (first + bad / columns, bad % columns) }
        }
        return nil
    }

    /// Reads the selected elements, which have a shape.
    private func read(_ shape: [Int], memory: hid_t, file: hid_t) throws -> Tensor {
        let type = try HDF5Handle(H5Dget_type(handle.id), close: H5Tclose)
        let half = try HDF5Handle(h5MakeHalf(), close: H5Tclose)
        let count = shape.reduce(1, *)
        guard count > 0 else { return Tensor.zeros(shape) }
        // The library converts half precision bit by bit, some fifty times slower than the disk.
        if try HDF5.check(H5Tequal(type.id, half.id)) > 0 {
            var bits = [UInt16](repeating: 0, count: count)
            try HDF5.check(H5Dread(handle.id, half.id, memory, file, hid_t(H5P_DEFAULT), &bits))
            return Tensor(shape) { target in
                for index in target.indices {
                    target[index] = HalfPrecision.float(UInt16(littleEndian: bits[index]))
                }
            }
        }
        return try Tensor(shape) { target in
            try HDF5.check(
                H5Dread(handle.id, h5NativeFloat(), memory, file, hid_t(H5P_DEFAULT), target.baseAddress))
        }
    }

    /// Changes the number of rows; new ones are unspecified until written.
    func extend(to rows: Int, columns: Int) throws {
        _ = try HDF5.locked { try HDF5.check(H5Dset_extent(handle.id, [hsize_t(rows), hsize_t(columns)])) }
    }

    /// Adds rows at the end.
    ///
    /// - Parameters:
    ///   - tensor: `[rows, columns]`
    ///   - row: how many rows there are already.
    func append(_ tensor: Tensor, at row: Int, precision: FeaturePrecision) throws {
        try HDF5.locked {
            let (rows, columns) = (tensor.shape[0], tensor.shape[1])
            guard rows > 0 else { return }
            try extend(to: row + rows, columns: columns)
            try withRows(row, count: rows, columns: columns) { memory, file in
                try tensor.withElements { elements in
                    switch precision {
                    case .float32:
                        _ = try HDF5.check(
                            H5Dwrite(
                                handle.id, h5NativeFloat(), memory, file, hid_t(H5P_DEFAULT), elements.baseAddress))
                    case .float16:
                        let type = try precision.makeFileType()
                        let bits = elements.map { HalfPrecision.bits($0).littleEndian }
                        _ = try HDF5.check(H5Dwrite(handle.id, type.id, memory, file, hid_t(H5P_DEFAULT), bits))
                    }
                }
            }
        }
    }

    /// The precision it is stored in, `nil` where it is neither of ours.
    func precision() throws -> FeaturePrecision? {
        try HDF5.locked {
            let type = try HDF5Handle(H5Dget_type(handle.id), close: H5Tclose)
            return try FeaturePrecision.allCases.first { precision in
                let candidate = try precision.makeFileType()
                return try HDF5.check(H5Tequal(type.id, candidate.id)) > 0
            }
        }
    }

    private func isCompressed() throws -> Bool {
        let properties = try HDF5Handle(H5Dget_create_plist(handle.id), close: H5Pclose)
        return try HDF5.check(H5Pall_filters_avail(properties.id)) > 0
            && H5Pget_filter_by_id2(properties.id, H5Z_FILTER_DEFLATE, nil, nil, nil, 0, nil, nil) >= 0
    }
}
