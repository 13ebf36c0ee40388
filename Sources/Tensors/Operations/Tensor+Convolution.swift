internal import CKernels
internal import Threads

extension Tensor {
    /// Convolution over time, zeros outside the sequence.
    ///
    /// - Parameters:
    ///   - weight: `[kernel, out, in / groups]`
    ///   - bias: `[out]`
    ///   - stride: positions between windows.
    ///   - padding: zeros at each end.
    ///   - groups: parts of the channels that do not mix.
    /// - Returns: `[batch, windows, out]` for `[batch, time, in]`.
    public func convolution(
        _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, groups: Int = 1
    ) -> Tensor {
        precondition(
            rank == 3 && weight.rank == 3 && shape[2] == weight.shape[2] * groups && weight.shape[1] % groups == 0,
            "convolution of \(shape) by \(weight.shape) in \(groups) groups")
        let window = SlidingWindow(size: weight.shape[0], stride: stride, padding: padding)
        let (batch, length, inputs, outputs) = (shape[0], shape[1], shape[2], weight.shape[1])
        let windows = window.count(over: length)
        let matmuls = ConvolutionGEMM(
            batch: batch, length: length, windows: windows, inputs: inputs, outputs: outputs, groups: groups,
            window: window, precision: matmulPrecision(with: weight))
        let result = Tensor([batch, windows, outputs]) { target in
            guard let y = target.baseAddress else { return }
            if bias == nil { target.update(repeating: 0) }
            fillRows(y, with: bias, rows: batch * windows, columns: outputs)
            withExtendedLifetime((self, weight)) { matmuls.addResult(to: y, x: pointer, w: weight.pointer) }
        }
        return result.recorded(on: [self, weight] + (bias.map { [$0] } ?? [])) {
            [x = detached, w = weight.detached, slotX = slot, slotW = weight.slot, slotB = bias?.slot ?? -1] in
            { gradient, gradients in
                withExtendedLifetime((x, w, gradient)) {
                    let g = gradient.pointer
                    gradients.accumulate(to: slotX, shape: x.shape) { dx, adding in
                        if !adding { dx.update(repeating: 0, count: x.count) }
                        matmuls.addInputGradient(to: dx, gradient: g, w: w.pointer)
                    }
                    gradients.accumulate(to: slotW, shape: w.shape) { dw, adding in
                        if !adding { dw.update(repeating: 0, count: w.count) }
                        matmuls.addWeightGradient(to: dw, gradient: g, x: x.pointer)
                    }
                    gradients.addRowSum(of: g, rows: batch * windows, columns: outputs, to: slotB)
                }
            }
        }
    }

    /// Convolution over time of each channel by itself, zeros outside the sequence.
    ///
    /// - Parameters:
    ///   - weight: `[kernel, channels]`
    ///   - bias: `[channels]`
    ///   - stride: positions between windows.
    ///   - padding: zeros at each end.
    /// - Returns: `[batch, windows, channels]` for `[batch, time, channels]`.
    public func depthwiseConvolution(
        _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0
    ) -> Tensor {
        precondition(
            rank == 3 && weight.rank == 2 && shape[2] == weight.shape[1],
            "depthwise convolution of \(shape) by \(weight.shape)")
        let window = SlidingWindow(size: weight.shape[0], stride: stride, padding: padding)
        let (batch, length, channels) = (shape[0], shape[1], shape[2])
        let windows = window.count(over: length)
        let result = Tensor(filling: [batch, windows, channels]) { [self] target in
            for item in 0..<batch {
                Parallel.forEachRange(ofRows: windows, columns: channels) { range in
                    tal_depthwise_conv(
                        target.pointer + item * windows * channels, pointer + item * length * channels, weight.pointer,
                        length, range.lowerBound, range.upperBound, channels, window.size, stride, padding)
                }
                if let bias = bias?.pointer {
                    tal_add_bias(target.pointer + item * windows * channels, bias, windows, channels)
                }
            }
        }
        return result.recorded(on: [self, weight] + (bias.map { [$0] } ?? [])) {
            [x = detached, w = weight.detached, slotX = slot, slotW = weight.slot, slotB = bias?.slot ?? -1] in
            { gradient, gradients in
                func backward(_ dx: UnsafeMutablePointer<Float>?, _ dw: UnsafeMutablePointer<Float>?) {
                    withExtendedLifetime((x, w, gradient)) {
                        for item in 0..<batch {
                            tal_depthwise_conv_backward(
                                dx.map { $0 + item * length * channels }, dw, x.pointer + item * length * channels,
                                w.pointer,
                                gradient.pointer + item * windows * channels, length, windows, channels, window.size,
                                stride, padding)
                        }
                    }
                }
                gradients.accumulate(to: slotX, shape: x.shape) { dx, adding in
                    if !adding { dx.update(repeating: 0, count: x.count) }
                    backward(dx, nil)
                }
                gradients.accumulate(to: slotW, shape: w.shape) { dw, adding in
                    if !adding { dw.update(repeating: 0, count: w.count) }
                    backward(nil, dw)
                }
                gradient.withElements { g in
                    guard let g = g.baseAddress else { return }
                    gradients.addRowSum(of: g, rows: batch * windows, columns: channels, to: slotB)
                }
            }
        }
    }

    /// The largest value of each channel in each window; positions outside the sequence never win.
    ///
    /// - Returns: `[batch, windows, channels]` for `[batch, time, channels]`.
    public func maxPooled(_ window: SlidingWindow) -> Tensor {
        precondition(rank == 3, "pooling of \(shape)")
        let (batch, length, channels) = (shape[0], shape[1], shape[2])
        let windows = window.count(over: length)
        let result = Tensor([batch, windows, channels]) { target in
            guard let y = target.baseAddress else { return }
            withExtendedLifetime(self) {
                for item in 0..<batch {
                    tal_max_pool(
                        y + item * windows * channels, pointer + item * length * channels, length, windows, channels,
                        window.size, window.stride, window.padding)
                }
            }
        }
        return result.recorded(on: self) { [x = detached, y = result.detached, slot] in
            { gradient, gradients in
                gradients.accumulate(to: slot, shape: x.shape) { dx, adding in
                    if !adding { dx.update(repeating: 0, count: x.count) }
                    withExtendedLifetime((x, y, gradient)) {
                        for item in 0..<batch {
                            let (atX, atY) = (item * length * channels, item * windows * channels)
                            tal_max_pool_backward(
                                dx + atX, x.pointer + atX, y.pointer + atY, gradient.pointer + atY, length, windows,
                                channels,
                                window.size, window.stride, window.padding)
                        }
                    }
                }
            }
        }
    }

    /// The mean of each channel in each window; padding counts as zeros.
    ///
    /// - Returns: `[batch, windows, channels]` for `[batch, time, channels]`.
    public func averagePooled(_ window: SlidingWindow) -> Tensor {
        precondition(rank == 3, "pooling of \(shape)")
        let weight = Tensor(repeating: 1 / Float(window.size), shape: [window.size, shape[2]])
        return depthwiseConvolution(weight, stride: window.stride, padding: window.padding)
    }
}
