import Localization

extension OpenTADSettings {
    mutating func readBMN(_ model: PythonSection) throws(LocalizationError) {
        let projection = try model.section("projection"), map = try model.section("roi_head")
        let extractor = try map.section("proposal_roi_extractor")
        try extractor.allow([
            "type", "in_channels", "hid_channels", "roi_channels", "out_channels", "tscale", "dscale", "num_sample",
            "num_sample_perbin", "prop_extend_ratio",
        ])
        try extractor.require("type", "BMNExtractor")
        var head = BMNSettings()
        (head.channels, head.groups) = try readProjection(projection, layers: 2)
        try checkBoundaries(try model.section("rpn_head"), type: "TemporalEvaluationHead", groups: head.groups)
        let output = try readMapOutput(map, layers: 2)
        guard output.kernel == 3 else { throw map.failure("proposal_head.kernel_size", "must be 3") }
        if try extractor.number("prop_extend_ratio", 0.5) != 0.5 {
            throw extractor.failure("prop_extend_ratio", "must be 0.5")
        }
        head.maximumLength = try extractor.integer("tscale", 128)
        head.maximumDuration = try extractor.integer("dscale", 128)
        head.sampledChannels = try extractor.integer("hid_channels", 128)
        head.positions = try extractor.integer("num_sample", 32)
        head.samplesPerPosition = try extractor.integer("num_sample_perbin", 3)
        head.proposalChannels = try extractor.integer("roi_channels", 512)
        head.mapChannels = try extractor.integer("out_channels", 128)
        guard output.channels == head.mapChannels else {
            throw map.failure("proposal_head.feat_channels", "must be those of the extractor, \(head.mapChannels)")
        }
        head.boundaryWidth = 1
        head.regressionWeight = output.regressionWeight
        head.boundaryScores = false
        (settings.head, settings.bmn, classes) = (.bmn, head, 1)
    }

    mutating func readGTAD(_ model: PythonSection) throws(LocalizationError) {
        let projection = try model.section("projection"), graph = try model.section("neck")
        let map = try model.section("roi_head")
        let extractor = try map.section("proposal_roi_extractor")
        try graph.allow(["type", "in_channels", "out_channels", "k", "groups"])
        try graph.require("type", "GCNeXt")
        try extractor.allow([
            "type", "in_channels", "out_channels", "tscale", "dscale", "k", "roi_size", "context_size",
            "prop_extend_ratio",
        ])
        try extractor.require("type", "GTADExtractor")
        var head = GTADSettings()
        (head.channels, head.embeddingGroups) = try readProjection(projection, layers: 1)
        try checkBoundaries(try model.section("rpn_head"), type: "GCNextTemporalEvaluationHead", groups: nil)
        // The other graph convolutions there have these numbers fixed.
        for (key, expected) in [("k", 3), ("groups", 32)] where try graph.integer(key, expected) != expected {
            throw graph.failure(key, "must be \(expected)")
        }
        if try extractor.integer("k", 3) != 3 { throw extractor.failure("k", "must be 3") }
        if try extractor.number("prop_extend_ratio", 0.5) != 0.5 {
            throw extractor.failure("prop_extend_ratio", "must be 0.5")
        }
        let output = try readMapOutput(map, layers: 3)
        head.maximumLength = try extractor.integer("tscale", 128)
        head.maximumDuration = try extractor.integer("dscale", 128)
        head.innerPositions = try extractor.integer("roi_size", 32)
        head.contextPositions = try extractor.integer("context_size", 4)
        head.proposalChannels = try extractor.integer("out_channels", 128)
        (head.mapChannels, head.mapKernel, head.regressionWeight) = (
            output.channels, output.kernel, output.regressionWeight
        )
        head.symmetricSampling = true
        head.classificationWeight = 1
        head.balancePrior = 0
        head.candidates = .peaks
        (settings.head, settings.gtad, classes) = (.gtad, head, 1)
    }

    private mutating func readProjection(
        _ projection: PythonSection, layers: Int
    ) throws(LocalizationError) -> (channels: Int, groups: Int) {
        try projection.allow(["type", "in_channels", "out_channels", "num_convs", "conv_cfg", "drop_out"])
        try projection.require("type", "ConvSingleProj")
        if try projection.integer("num_convs") != layers { throw projection.failure("num_convs", "must be \(layers)") }
        features.channels = try projection.integer("in_channels")
        guard features.channels > 0 else { throw projection.failure("in_channels", "must be above 0") }
        return (try projection.integer("out_channels"), try projection.section("conv_cfg").integer("groups", 1))
    }

    private func checkBoundaries(
        _ boundaries: PythonSection, type: String, groups: Int?
    ) throws(LocalizationError) {
        try boundaries.allow(["type", "in_channels", "num_classes", "conv_cfg", "loss", "shared"])
        try boundaries.require("type", type)
        if try boundaries.integer("num_classes") != 2 { throw boundaries.failure("num_classes", "must be 2") }
        if try boundaries.flag("shared", false) { throw boundaries.failure("shared", "must be False") }
        if let groups, try boundaries.section("conv_cfg").integer("groups", 1) != groups {
            throw boundaries.failure("conv_cfg", "must have the groups of 'model.projection.conv_cfg'")
        }
    }

    private func readMapOutput(
        _ map: PythonSection, layers: Int
    ) throws(LocalizationError) -> (channels: Int, kernel: Int, regressionWeight: Double) {
        let output = try map.section("proposal_head")
        try output.allow(["type", "in_channels", "feat_channels", "num_convs", "num_classes", "kernel_size", "loss"])
        try output.require("type", "PEMHead")
        for (key, expected) in [("num_convs", layers), ("num_classes", 2)] where try output.integer(key) != expected {
            throw output.failure(key, "must be \(expected)")
        }
        // With other sizes the layers there are not all of one kind.
        let kernel = try output.integer("kernel_size", 3)
        if layers == 3, kernel != 1 { throw output.failure("kernel_size", "must be 1") }
        // The loss there lacks the half that it has here.
        let weight = 2 * (try output.section("loss").section("reg_loss").number("weight", 1))
        return (try output.integer("feat_channels"), kernel, weight)
    }
}
