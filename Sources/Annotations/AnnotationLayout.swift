/// The layouts of annotation files that are recognised.
public enum AnnotationLayout: String, Hashable, Sendable, CaseIterable {
    /// ActivityNet: a `database` of videos; annotations are label and segment.
    case activityNet = "ActivityNet"
    /// ActivityNet's, with a `label_id` beside each label.
    case actionFormer = "ActionFormer"
    /// ActivityNet's, with a frame count under `frame`.
    case openTAD = "OpenTAD"
    /// ActivityNet's, with times written as text.
    case gtad = "G-TAD"
    /// Videos at the top level, without `database`.
    case flat = "flat"
    /// Videos at the top level with `duration_second` and no subset.
    case bsn = "BSN/BMN"
    /// Videos at the top level with numbered `actions` (MultiTHUMOS, Charades).
    case numberedActions = "numbered actions"
    /// Videos at the top level with `timestamps` and `sentences`.
    case captions = "captions"
    /// The official table of EPIC-Kitchens-100; labels are class numbers.
    case epicKitchens = "EPIC-Kitchens"
    /// A table of THUMOS14 as BSN and G-TAD use it.
    case thumosTable = "THUMOS14 table"
    /// A table of actions and gaps as TSP uses it.
    case tsp = "TSP table"
    /// The proposal list of SSN.
    case proposalList = "proposal list"
    /// A table of one segment a row, with usual names of columns.
    case table = "table"
    /// Charades' official table.
    case charadesTable = "Charades table"
    case elan = "ELAN"
    case cvat = "CVAT"
    case praat = "Praat TextGrid"
    case webVTT = "WebVTT"
    case subRip = "SubRip"
    case via3 = "VIA 3"
    case vidat = "Vidat"
    case boris = "BORIS"
    case labelStudio = "Label Studio"
    case fiftyOne = "FiftyOne"
    case xAnyLabeling = "X-AnyLabeling"
    case audacity = "Audacity labels"
    case jwatcher = "JWatcher"
    case ctm = "time-marked words"
    case kth = "KTH sequences"
    case perceptionTest = "Perception Test"
    case ego4d = "Ego4D moment queries"
    case momentQueries = "QVHighlights"
    /// A folder with a text file a class.
    case thumosFolder = "THUMOS14 folder"
    case frameLabels = "a label a frame"
    case frameNumbers = "class numbers of frames"
    case frameTable = "table of frames"
    /// ActivityNet results, read as annotations with scores.
    case results = "ActivityNet results"
    /// ActionFormer's evaluation output.
    case actionFormerPickle = "ActionFormer results"

    /// Whether times are in seconds once a file of this layout is read, whatever ``ReadingOptions/unit`` says: the layout fixes the unit,
    /// or its reader takes account of that option.
    var settlesUnit: Bool {
        switch self {
        case .table, .tsp, .thumosTable, .frameTable: true
        case .epicKitchens, .webVTT, .subRip, .elan, .perceptionTest, .xAnyLabeling, .jwatcher: true
        case .cvat, .kth, .fiftyOne, .labelStudio, .frameLabels, .frameNumbers: true
        case .activityNet, .actionFormer, .openTAD, .gtad, .flat, .bsn, .numberedActions, .captions, .proposalList,
            .charadesTable, .praat, .via3, .vidat, .boris, .audacity, .ctm, .ego4d, .momentQueries, .thumosFolder,
            .results, .actionFormerPickle:
            false
        }
    }
}
