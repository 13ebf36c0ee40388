import Localization

/// The settings of a model of OpenTAD, from its configuration, in terms of this package. How it is trained is not read.
struct OpenTADSettings {
    var settings = LocalizationSettings()
    var features = FeatureContract()
    /// Number of classes of the head.
    var classes = 1

    /// Reads a configuration of ActionFormer, TriDet, TemporalMaxer, BMN or G-TAD on features.
    ///
    /// - Throws: ``LocalizationError/officialSettings(file:problem:)`` for what is missing, not understood or has no
    ///   counterpart.
    static func read(_ path: String) throws -> OpenTADSettings {
        let root = PythonSection(file: path, path: "", values: try PythonConfiguration.read(path))
        let model = try root.section("model")
        if model.has("backbone") {
            throw model.failure("backbone", "is trained with the head; only models on features are imported")
        }
        var result = OpenTADSettings()
        switch try model.text("type") {
        case "ActionFormer": try result.readActionFormer(model)
        case "TriDet": try result.readTriDet(model)
        case "TemporalMaxer": try result.readTemporalMaxer(model)
        case "BMN": try result.readBMN(model)
        case "GTAD": try result.readGTAD(model)
        case let type:
            throw model.failure(
                "type",
                "is '\(type)'; models that are imported are ActionFormer, TriDet, TemporalMaxer, BMN and GTAD")
        }
        result.settings.classAgnostic = result.classes == 1
        let length = result.settings.maximumLength
        try result.readDataset(try root.section("dataset"), maximumLength: length)
        try result.readPostProcessing(try root.section("post_processing"), candidates: length * length)
        return result
    }

    // MARK: - Heads

    private mutating func readActionFormer(_ model: PythonSection) throws(LocalizationError) {
        let projection = try model.section("projection")
        try projection.allow([
            "type", "in_channels", "out_channels", "arch", "conv_cfg", "norm_cfg", "attn_cfg", "path_pdrop",
            "use_abs_pe",
            "max_seq_len", "input_pdrop",
        ])
        try projection.require("type", "Conv1DTransformerProj")
        var head = ActionFormerSettings()
        try readPyramid(model, into: &head)
        let attention = try projection.section("attn_cfg")
        head.heads = try attention.integer("n_head")
        head.windows = try attention.integers("n_mha_win_size")
        head.dropout = Float(try projection.section("conv_cfg").number("proj_pdrop", 0))
        head.dropPath = Float(try projection.number("path_pdrop", 0))
        (settings.head, settings.actionformer) = (.actionformer, head)
    }

    private mutating func readTriDet(_ model: PythonSection) throws(LocalizationError) {
        let projection = try model.section("projection"), output = try model.section("rpn_head")
        try projection.allow([
            "type", "in_channels", "out_channels", "sgp_mlp_dim", "arch", "sgp_win_size", "downsample_type", "k",
            "init_conv_vars", "conv_cfg", "norm_cfg", "path_pdrop", "use_abs_pe", "max_seq_len", "input_noise",
        ])
        try projection.require("type", "TriDetProj")
        var head = TriDetSettings()
        try readPyramid(model, into: &head)
        head.windows = try projection.integers("sgp_win_size").map { max($0, 1) }
        head.largeKernelFactor = try projection.number("k", 1.5)
        head.feedForwardChannels = projection.has("sgp_mlp_dim") ? try projection.integer("sgp_mlp_dim") : nil
        head.dropPath = Float(try projection.number("path_pdrop", 0))
        switch try projection.text("downsample_type", "max") {
        case "max": head.downsampling = .max
        case "avg": head.downsampling = .average
        default: throw projection.failure("downsample_type", "must be 'max' or 'avg'")
        }
        head.inputNoise = Float(try projection.number("input_noise", 0))
        head.depthwiseDeviation = Float(try projection.number("init_conv_vars", 1))
        head.compatibility = .official
        head.headKernel = try output.integer("kernel_size", 3)
        head.boundaryKernel = try output.integer("boundary_kernel_size", 3)
        head.bins = try output.integer("num_bins", 16)
        head.overlapPower = try output.number("iou_weight_power", 0.2)
        (settings.head, settings.tridet) = (.tridet, head)
    }

    private mutating func readTemporalMaxer(_ model: PythonSection) throws(LocalizationError) {
        let projection = try model.section("projection")
        try projection.allow([
            "type", "in_channels", "out_channels", "arch", "conv_cfg", "norm_cfg", "drop_out",
        ])
        try projection.require("type", "TemporalMaxerProj")
        try model.section("rpn_head").require("type", "TemporalMaxerHead")
        var head = TemporalMaxerSettings()
        try readPyramid(model, into: &head)
        // What the configuration says of blocks at full resolution, the code there does not make.
        head.stemBlocks = 0
        (settings.head, settings.temporalmaxer) = (.temporalmaxer, head)
    }

    /// What these have in common.
    private mutating func readPyramid(
        _ model: PythonSection, into head: inout some PyramidSettings
    ) throws(LocalizationError) {
        let projection = try model.section("projection"), neck = try model.section("neck")
        let output = try model.section("rpn_head")
        head.conventions = .opentad
        let inputs = try projection.integers("in_channels"), channels = try projection.integers("out_channels")
        guard (inputs + channels).allSatisfy({ (1...1_000_000).contains($0) }), inputs.count == channels.count else {
            throw projection.failure(
                "in_channels", "must be from 1 to a million, and so 'out_channels', as many of them")
        }
        features.channels = inputs.reduce(0, +)
        head.inputChannels = inputs
        head.streamChannels = inputs.count > 1 ? channels : []
        head.channels = channels.reduce(0, +)
        let blocks = try projection.integers("arch", [2, 2, 5])
        guard blocks.count == 3, blocks.allSatisfy({ (0...15).contains($0) }) else {
            throw projection.failure("arch", "needs three numbers from 0 to 15")
        }
        (head.embeddingLayers, head.stemBlocks, head.branchBlocks) = (blocks[0], blocks[1], blocks[2])
        head.embeddingKernel = try projection.section("conv_cfg").integer("kernel_size")
        head.embeddingNorm = projection.has("norm_cfg")
        if head.embeddingNorm { try projection.section("norm_cfg").require("type", "LN") }
        head.absolutePositions = try projection.flag("use_abs_pe", false)
        head.maximumLength = try projection.integer("max_seq_len", 2304)
        guard (1...1_000_000).contains(head.maximumLength) else {
            throw projection.failure("max_seq_len", "must be from 1 to a million")
        }

        try neck.allow(["type", "in_channels", "out_channels", "num_levels", "norm_cfg"])
        try neck.require("type", "FPNIdentity")
        head.neckNorm = neck.values["norm_cfg"] != .some(.none)
        if neck.has("norm_cfg") {
            let norm = try neck.section("norm_cfg")
            if try norm.text("type") == "GN", try !norm.flag("affine", true) {
                try norm.allow(["type", "num_groups", "affine"])
                head.neckGroups = try norm.integer("num_groups")
            } else {
                try norm.require("type", "LN")
            }
        }
        head.neckChannels = try neck.integer("out_channels")

        try output.allow([
            "type", "num_classes", "in_channels", "feat_channels", "num_convs", "cls_prior_prob", "prior_generator",
            "loss",
            "loss_normalizer", "loss_normalizer_momentum", "loss_weight", "label_smoothing", "center_sample",
            "center_sample_radius", "kernel_size", "boundary_kernel_size", "iou_weight_power", "num_bins",
            "filter_similar_gt", "assigner",
        ])
        classes = try output.integer("num_classes")
        guard classes > 0 else { throw output.failure("num_classes", "must be above 0") }
        head.headChannels = try output.integer("feat_channels")
        head.headLayers = try output.integer("num_convs", 3) + 1
        let points = try output.section("prior_generator")
        try points.require("type", "PointGenerator")
        head.regressionRanges = try points.pairs("regression_range")
        guard try points.integers("strides") == head.strides else {
            throw points.failure("strides", "must be \(head.strides) for these levels")
        }
        head.priorProbability = Float(try output.number("cls_prior_prob", 0.01))
        head.initialNormalizer = try output.number("loss_normalizer", 100)
        head.lossWeight = try output.number("loss_weight", 1)
        head.labelSmoothing = Float(try output.number("label_smoothing", 0))
        head.centerRadius =
            try output.text("center_sample", "radius") == "radius"
            ? Float(try output.number("center_sample_radius", 1.5)) : nil
    }
}

extension OpenTADSettings {
    // MARK: - Data

    /// Whether the head has a map of proposals.
    private var isMap: Bool { settings.head == .bmn || settings.head == .gtad }

    fileprivate mutating func readDataset(_ dataset: PythonSection, maximumLength: Int) throws(LocalizationError) {
        let test = try dataset.section(dataset.has("test") ? "test" : "val")
        settings.window.cropShares = nil
        if test.has("resize_length") {
            guard try test.integer("resize_length") == maximumLength else {
                throw test.failure("resize_length", "must be the length that the model takes, \(maximumLength)")
            }
            settings.window.policy = .resample
            settings.window.positionsAtEdges = !isMap
            return
        }
        if test.has("window_size") {
            settings.window.policy = .sliding
            settings.window.overlap = try test.number("window_overlap_ratio", 0.25)
        } else {
            settings.window.policy = isMap ? .sliding : .crop
        }
        features.strideFrames = try test.number("feature_stride")
        // There, `offset_frames` is the position of the first feature; here, that is half a window.
        features.windowFrames = 2 * (try test.number("offset_frames", 0))
        settings.window.downsampling = try test.integer("sample_stride", 1)
        if test.has("fps"), case let rate = try test.number("fps"), rate > 0 { features.framesPerSecond = rate }
    }

    /// - Parameter candidates: more than the head can propose.
    fileprivate mutating func readPostProcessing(
        _ section: PythonSection, candidates: Int
    ) throws(LocalizationError) {
        var post = PostProcessingSettings()
        post.minimumLength = 0
        if classes > 1 {
            post.scoreThreshold = Float(try section.number("pre_nms_thresh", 0.001))
            post.proposalsPerLevel = try section.integer("pre_nms_topk", 2000)
            // There the limit is one of all levels together, in each window.
            if settings.window.policy != .sliding { post.maximumProposals = post.proposalsPerLevel }
        } else {
            post.scoreThreshold = 0
            post.proposalsPerLevel = candidates
        }
        let nms = try section.section("nms")
        post.suppression.method = try nms.flag("use_soft_nms", true) ? .gaussian : .hard
        post.suppression.sigma = Float(try nms.number("sigma", 0.5))
        post.suppression.overlapThreshold = Float(try nms.number("iou_threshold", 0.1))
        post.suppression.minimumScore = Float(try nms.number("min_score", 0.001))
        post.suppression.maximumSegments = try nms.integer("max_seg_num", 200)
        post.suppression.classWise = try nms.flag("multiclass", true)
        post.suppression.votingThreshold = Float(try nms.number("voting_thresh", 0))
        post.suppression.votingWeight = .score
        let classifier = try section.section("external_cls")
        if classifier.has("type") {
            post.fusion.formula = try classifier.text("type") == "StandardClassifier" ? .geometricMean : .product
            post.fusion.topClasses = try classifier.integer("topk", 1)
            post.fusion.maximumSegments = post.suppression.maximumSegments
        }
        settings.postProcessing = post
    }
}
