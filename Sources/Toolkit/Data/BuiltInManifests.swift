/// The files of `data-manifests`, written by `data-manifests/embed.sh`.
enum BuiltInManifests {
    /// The text of each manifest, by name.
    static let texts: [String: String] = [
        "activitynet-1.3": #"""
        name: ActivityNet 1.3
        about: Untrimmed web videos of 200 activities, about 1.5 labelled segments a video
        home: http://activity-net.org
        licence: annotations for research use; the videos belong to their owners and are found on YouTube by their ids
        citation: Caba Heilbron et al., ActivityNet, CVPR 2015
        protocols: [activitynet-1.3, activitynet-1.3-official]

        usage:
          - mAP at tIoU 0.5 to 0.95 on the validation videos, labels from the CUHK classifier - BMN, G-TAD, ActionFormer, OpenTAD.

        # Counted in the merged file, the first one below.
        splits:
          training:
            names: [training]
            videos: 10024
            segments: 15410
          validation:
            names: [validation]
            videos: 4926
            segments: 7654
          testing:
            names: [testing]
            videos: 5044
            segments: 0

        # sha256 of the uncompressed file.
        annotations:
          activitynet_v1-3_merged.json:
            layout: ActivityNet
            sha256: 619d9358062fea5643c39ab43302402c19ee3c9abda4dd68094fb10d4bebd3c6
            videos: 19994
            segments: 23064
            note: built from the csv files of TSP; durations are of re-encoded videos
          anet_anno_action.json:
            layout: BSN/BMN
            sha256: fa1433d2408f7985dd8f5914f292944794230ee2279633ad6013f16d7f9725e7
            videos: 19228
            segments: 22152
            note: the videos that BSN could fetch, ids with v_, subsets only in video_info_new.csv (9649, 4728 and 4851 videos)

        files:
          activity_net.v1-3.min.json:
            url: http://ec2-52-25-205-214.us-west-2.compute.amazonaws.com/files/activity_net.v1-3.min.json
            note: the official annotations; the address is the one that the official scripts use, and it moved several times
          anet_anno_action.json:
            url: https://raw.githubusercontent.com/JJBOY/BMN-Boundary-Matching-Network/master/data/activitynet_annotations/anet_anno_action.json
            sha256: fa1433d2408f7985dd8f5914f292944794230ee2279633ad6013f16d7f9725e7
          video_info_new.csv:
            url: https://raw.githubusercontent.com/JJBOY/BMN-Boundary-Matching-Network/master/data/activitynet_annotations/video_info_new.csv
            note: subsets and durations for the above
        by_hand:
          - Videos that have vanished from YouTube are asked for with the form at http://activity-net.org/download.html.

        # frames per second, frames between features, frames seen by one feature, channels
        features:
          tsp:
            fps: 15
            stride: 16
            window: 16
            channels: 512
            prefix: v_
            note: R(2+1)D-34 trained on ActivityNet itself; ActionFormer resamples them to 192 steps
          i3d:
            fps: 25
            stride: 16
            window: 16
            channels: 2048
            note: two streams, RGB and flow, joined

        faults:
          - 12 segments do not end after they start (3 in validation, most of them at 0); nothing can match them.
          - 1627 segments end more than 10 ms after the duration in the merged file, whose durations are of re-encoded videos.
          - 21 validation segments are duplicated; removing them and the 3 empty ones leaves 7630 of 7654.
          - Ids are bare in the official file and begin with v_ in the BSN files and in the names of most feature files.
          - The labels of the testing subset are not public, so it has no segments.
          - Some labels are misspelled and must be kept as they are, among them Mooping floor, Playing guitarra and Polishing forniture.
          - Videos vanish from YouTube; papers evaluate between 4728 and 4926 validation videos and rarely say which.

        classes: [
          Applying sunscreen, Archery, Arm wrestling, Assembling bicycle, BMX, Baking cookies, Ballet, Bathing dog, Baton
          twirling, Beach soccer, Beer pong, Belly dance, Blow-drying hair, Blowing leaves, Braiding hair, Breakdancing,
          Brushing hair, Brushing teeth, Building sandcastles, Bullfighting, Bungee jumping, Calf roping, Camel ride,
          Canoeing, Capoeira, Carving jack-o-lanterns, Changing car wheel, Cheerleading, Chopping wood, Clean and jerk,
          Cleaning shoes, Cleaning sink, Cleaning windows, Clipping cat claws, Cricket, Croquet, Cumbia, Curling, Cutting
          the grass, Decorating the Christmas tree, Disc dog, Discus throw, Dodgeball, Doing a powerbomb, Doing crunches,
          Doing fencing, Doing karate, Doing kickboxing, Doing motocross, Doing nails, Doing step aerobics, Drinking beer,
          Drinking coffee, Drum corps, Elliptical trainer, Fixing bicycle, Fixing the roof, Fun sliding down, Futsal,
          Gargling mouthwash, Getting a haircut, Getting a piercing, Getting a tattoo, Grooming dog, Grooming horse, Hammer
          throw, Hand car wash, Hand washing clothes, Hanging wallpaper, Having an ice cream, High jump, Hitting a pinata,
          Hopscotch, Horseback riding, Hula hoop, Hurling, Ice fishing, Installing carpet, Ironing clothes, Javelin throw,
          Kayaking, Kite flying, Kneeling, Knitting, Laying tile, Layup drill in basketball, Long jump, Longboarding, Making
          a cake, Making a lemonade, Making a sandwich, Making an omelette, Mixing drinks, Mooping floor, Mowing the lawn,
          Paintball, Painting, Painting fence, Painting furniture, Peeling potatoes, Ping-pong, Plastering, Plataform
          diving, Playing accordion, Playing badminton, Playing bagpipes, Playing beach volleyball, Playing blackjack,
          Playing congas, Playing drums, Playing field hockey, Playing flauta, Playing guitarra, Playing harmonica, Playing
          ice hockey, Playing kickball, Playing lacrosse, Playing piano, Playing polo, Playing pool, Playing racquetball,
          Playing rubik cube, Playing saxophone, Playing squash, Playing ten pins, Playing violin, Playing water polo, Pole
          vault, Polishing forniture, Polishing shoes, Powerbocking, Preparing pasta, Preparing salad, Putting in contact
          lenses, Putting on makeup, Putting on shoes, Rafting, Raking leaves, Removing curlers, Removing ice from car,
          Riding bumper cars, River tubing, Rock climbing, Rock-paper-scissors, Rollerblading, Roof shingle removal, Rope
          skipping, Running a marathon, Sailing, Scuba diving, Sharpening knives, Shaving, Shaving legs, Shot put, Shoveling
          snow, Shuffleboard, Skateboarding, Skiing, Slacklining, Smoking a cigarette, Smoking hookah, Snatch, Snow tubing,
          Snowboarding, Spinning, Spread mulch, Springboard diving, Starting a campfire, Sumo, Surfing, Swimming, Swinging
          at the playground, Table soccer, Tai chi, Tango, Tennis serve with ball bouncing, Throwing darts, Trimming
          branches or hedges, Triple jump, Tug of war, Tumbling, Using parallel bars, Using the balance beam, Using the
          monkey bar, Using the pommel horse, Using the rowing machine, Using uneven bars, Vacuuming floor, Volleyball,
          Wakeboarding, Walking the dog, Washing dishes, Washing face, Washing hands, Waterskiing, Waxing skis, Welding,
          Windsurfing, Wrapping presents, Zumba
        ]
        """#,
        "breakfast": #"""
        name: Breakfast
        about: 52 persons prepare ten breakfast dishes in 18 kitchens; every frame has one of 48 labels
        home: https://serre.lab.brown.edu/breakfast-actions-dataset.html
        licence: CC BY 4.0
        citation: Kuehne et al., The Language of Actions, CVPR 2014
        protocols: [breakfast]
        usage:
          - Accuracy of frames, edit and F1@10,25,50, the mean of four splits - MS-TCN, ASFormer, DiffAct.

        # Split 1 of the label files that MS-TCN published: persons 3 to 15 are tested; the other splits test 16-28, 29-41 and 42-54.
        splits:
          training:
            names: [training, train]
            videos: 1460
          testing:
            names: [testing, test]
            videos: 252

        annotations:
          groundTruth:
            layout: a label a frame
            note: a folder with a text file a video, 15 frames a second; mapping.txt and the bundles of the splits lie beside it

        by_hand:
          - The videos are linked on the page of the data set and in the Hugging Face data set Serrelab/breakfast-actions.
          - The frame labels and I3D features of MS-TCN are data.zip at https://github.com/yabufarha/ms-tcn (about 30 GB, with 50Salads and GTEA).

        features:
          i3d:
            fps: 15
            stride: 1
            window: 21
            channels: 2048
            layout: channels-first
            note: I3D of MS-TCN, a vector a frame over 21 frames around it; arrays are [2048, time]

        faults:
          - SIL at the beginning and end is a class like any other in the usual evaluation.
          - Several cameras show the same event, so splits must go by person.

        classes: [
          SIL, add_saltnpepper, add_teabag, butter_pan, crack_egg, cut_bun, cut_fruit, cut_orange, fry_egg, fry_pancake,
          peel_fruit, pour_cereals, pour_coffee, pour_dough2pan, pour_egg2pan, pour_flour, pour_juice, pour_milk, pour_oil,
          pour_sugar, pour_water, put_bunTogether, put_egg2plate, put_fruit2bowl, put_pancake2plate, put_toppingOnTop,
          smear_butter, spoon_flour, spoon_powder, spoon_sugar, squeeze_orange, stir_cereals, stir_coffee, stir_dough,
          stir_egg, stir_fruit, stir_milk, stir_tea, stirfry_egg, take_bowl, take_butter, take_cup, take_eggs, take_glass,
          take_knife, take_plate, take_squeezer, take_topping
        ]
        """#,
        "charades": #"""
        name: Charades
        about: Scripted videos of daily life at home, 157 dense actions, about 30 s a video
        home: https://prior.allenai.org/projects/charades
        licence: for non-commercial use; see the licence file of the archive
        citation: Sigurdsson et al., Hollywood in Homes, ECCV 2016
        protocols: [charades, charades-frames]
        usage:
          - mAP of 25 times a video (Charades_v1_localize) - super-events, PDAN, MS-TCT and the challenge.
          - mAP of segments at tIoU 0.1 to 0.9 - OpenTAD.

        # Counted in charades.json; the official csv files have the same 9848 videos.
        splits:
          training:
            names: [training]
            videos: 7985
            segments: 49809
          testing:
            names: [testing]
            videos: 1863
            segments: 16691

        annotations:
          charades.json:
            layout: numbered actions
            sha256: 42de4feae0ae2705d847776393637edafce6d8d47cfbf9ed19b8cd182d370155
            videos: 9848
            segments: 66500
            note: classes by number from 0
          Charades_v1_train.csv:
            layout: Charades table
            note: in Charades.zip; a row a video
          Charades_v1_test.csv:
            layout: Charades table
            note: in Charades.zip; a row a video

        files:
          charades.json:
            url: https://raw.githubusercontent.com/piergiaj/super-events-cvpr18/50282dc55364cd613f8de440c2357d588547ca76/data/charades.json
            size: 1803980
            sha256: 42de4feae0ae2705d847776393637edafce6d8d47cfbf9ed19b8cd182d370155
          Charades.zip:
            url: https://ai2-public-datasets.s3-us-west-2.amazonaws.com/charades/Charades.zip
            size: 3519822
            sha256: c616913ef79c2ddde06d9c562eae57bb8901d459d7568a0d27bf09cbf33ae866
            note: the official annotations, names of classes and evaluation code
          Charades_v1_480.zip:
            url: https://ai2-public-datasets.s3-us-west-2.amazonaws.com/charades/Charades_v1_480.zip
            size: 16339546533
            note: the videos, scaled to 480 lines

        features:
          videomae-l:
            fps: 30
            stride: 4
            window: 4
            channels: 1024
            note: VideoMAE-L, published by OpenTAD; a vector sees 16 frames, and OpenTAD puts it into the middle of its 4

        faults:
          - Many segments end after their video; at the 25 times of the evaluation this does not matter.
          - charades.json gives only numbers of classes; the names are in Charades.zip.

        classes_in: Charades_v1_classes.txt in Charades.zip (157 lines 'c000 Holding some clothes')
        """#,
        "coin": #"""
        name: COIN
        about: Instruction videos of 180 tasks in 12 domains, each with its steps
        home: https://coin-dataset.github.io
        licence: for research use
        citation: Tang et al., COIN, CVPR 2019
        usage:
          - Steps as actions (778 labels); step localization at tIoU 0.1 to 0.5 is the measure of the paper.

        splits:
          training:
            names: [training]
            videos: 9030
          testing:
            names: [testing, validation]
            videos: 2797

        annotations:
          COIN.json:
            layout: ActivityNet
            videos: 11827
            note: the list of segments is called annotation; start and end of an entry bound the part of the video that was labelled

        files:
          COIN.json:
            url: https://raw.githubusercontent.com/coin-dataset/annotations/master/COIN.json
        by_hand:
          - The videos are found on YouTube by their ids.

        faults:
          - Videos vanish from YouTube.
          - The description of the file calls the second subset validation, the paper testing.

        unchecked:
          - The division into 9030 and 2797 videos and the number of steps are those of the paper; the repository confirms 11827 videos of 180 tasks in 12 domains.

        classes_in: COIN.json (778 steps); taxonomy.xlsx of the same repository groups them
        """#,
        "ego4d-mq": #"""
        name: Ego4D moment queries
        about: Clips of everyday life seen from the head, 110 activities of seconds to minutes
        home: https://ego4d-data.org
        licence: the Ego4D licence agreement, to be signed
        citation: Grauman et al., Ego4D, CVPR 2022
        protocols: [ego4d-mq]
        usage:
          - mAP at tIoU 0.1 to 0.5 and Recall@1x at 0.5 on the validation clips - the challenge, ActionFormer, OpenTAD.

        # Clips of version 1. See unchecked.
        splits:
          training:
            names: [train, training]
            videos: 1486
          validation:
            names: [val, validation]
            videos: 521
          testing:
            names: [test_unannotated, test, testing]
            videos: 481

        annotations:
          moment_queries_train.json:
            layout: Ego4D moment queries
            note: a clip is a video of its own; only labels marked primary count
          moment_queries_val.json:
            layout: Ego4D moment queries
            note: a clip is a video of its own; only labels marked primary count

        by_hand:
          - Annotations and videos need a signed licence agreement (https://ego4d-data.org); the keys that follow are used by 'ego4d --output_directory DIR --datasets annotations'.

        features:
          slowfast:
            fps: 30
            stride: 16
            window: 32
            channels: 2304
            note: SlowFast 8x8 R101 as Ego4D publishes it; 1.875 features a second, each of 32 frames
          egovlp:
            fps: 30
            stride: 16
            window: 16
            channels: 256
            note: EgoVLP, as ActionFormer and OpenTAD use it
          internvideo:
            fps: 30
            stride: 8
            window: 8
            channels: 1024
            note: VideoMAE-L of InternVideo, from OpenTAD; a vector sees 16 frames, and OpenTAD puts it into the middle of its 8

        faults:
          - Annotations give times in the video and in the clip; the clip's are used.
          - Version 2 has more clips than version 1, so figures of the two do not compare.

        unchecked:
          - The numbers of clips; the annotations need a licence, so they were not counted here.

        classes_in: the annotation files (110 labels)
        """#,
        "epic-kitchens-100": #"""
        name: EPIC-Kitchens-100
        about: 100 hours of unscripted work in kitchens seen from the head; a segment has a verb of 97 and a noun of 300
        home: https://epic-kitchens.github.io
        licence: CC BY-NC 4.0
        citation: Damen et al., Rescaling Egocentric Vision, IJCV 2022
        protocols: [epic-kitchens-100-verb, epic-kitchens-100-noun, epic-kitchens-100-action]
        usage:
          - Verbs and nouns by heads of their own at tIoU 0.1 to 0.5 on the validation videos - ActionFormer, TriDet, OpenTAD.
          - Pairs of verb and noun - the challenge.

        # 89977 segments in 700 videos; counted in the validation file, the others as published.
        splits:
          training:
            names: [training, train]
            videos: 495
            segments: 67217
          validation:
            names: [validation, val]
            videos: 138
            segments: 9668
          testing:
            names: [testing, test]
            videos: 67
            segments: 13092

        annotations:
          EPIC_100_validation.csv:
            layout: EPIC-Kitchens
            sha256: 35f7932ba0a1127a96cac215a98d35398946f343e3cea9ad6688ed17eee9d75d
            videos: 138
            segments: 9668
            note: names no subset and no durations; give validation=FILE, and EPIC_100_video_info.csv as the table of videos
          EPIC_100_train.csv:
            layout: EPIC-Kitchens
            videos: 495
            segments: 67217
            note: names no subset and no durations; give training=FILE

        files:
          EPIC_100_train.csv:
            url: https://raw.githubusercontent.com/epic-kitchens/epic-kitchens-100-annotations/ea8b40457a400c3fffa1c7f406ef3dc169cc2522/EPIC_100_train.csv
          EPIC_100_validation.csv:
            url: https://raw.githubusercontent.com/epic-kitchens/epic-kitchens-100-annotations/ea8b40457a400c3fffa1c7f406ef3dc169cc2522/EPIC_100_validation.csv
            size: 1184998
            sha256: 35f7932ba0a1127a96cac215a98d35398946f343e3cea9ad6688ed17eee9d75d
          EPIC_100_verb_classes.csv:
            url: https://raw.githubusercontent.com/epic-kitchens/epic-kitchens-100-annotations/ea8b40457a400c3fffa1c7f406ef3dc169cc2522/EPIC_100_verb_classes.csv
            size: 13402
            sha256: aab8bf210d0234b6facb9b191ae402c03a5f8965d123586b4762d3468a85033e
          EPIC_100_noun_classes.csv:
            url: https://raw.githubusercontent.com/epic-kitchens/epic-kitchens-100-annotations/ea8b40457a400c3fffa1c7f406ef3dc169cc2522/EPIC_100_noun_classes.csv
            size: 49357
            sha256: 40f0a81c5bd06b33050df9f0bd17cd3c2fccd759f9581e4e5e04fec7562be893
          EPIC_100_video_info.csv:
            url: https://raw.githubusercontent.com/epic-kitchens/epic-kitchens-100-annotations/ea8b40457a400c3fffa1c7f406ef3dc169cc2522/EPIC_100_video_info.csv
            size: 27721
            sha256: 75fd040f6662cb407b4ca2eed4811ca94df280a1aba00b6bf8a5cd286deff382
        by_hand:
          - Videos come with the scripts of https://github.com/epic-kitchens/epic-kitchens-download-scripts (about 1 TB).

        features:
          slowfast:
            fps: 30
            stride: 16
            window: 32
            channels: 2304
            note: SlowFast fine-tuned on EPIC verbs or nouns, from ActionFormer (npz files)
          videomae-l:
            fps: 30
            stride: 8
            window: 8
            channels: 1024
            note: VideoMAE-L fine-tuned on EPIC verbs or nouns, from OpenTAD; a vector sees 16 frames around the middle of its 8

        faults:
          - Some of the 97 verbs and 300 nouns do not occur in the training videos, or not in the validation videos.
          - The csv files name no durations; results may reach past the end of a video unless the table of videos is given.

        unchecked:
          - The counts of the training and testing videos and segments are those of the paper; with those of the validation file they add up to the 700 videos of EPIC_100_video_info.csv.
          - Where in time OpenTAD puts the VideoMAE-L features is taken from its settings for InternVideo2 features of the same grid.

        classes_in: EPIC_100_verb_classes.csv (97 verbs) and EPIC_100_noun_classes.csv (300 nouns)
        """#,
        "fineaction": #"""
        name: FineAction
        about: Web videos with 106 fine-grained actions, often short and overlapping
        home: https://deeperaction.github.io/datasets/fineaction
        licence: for research use after agreeing to the terms; the videos belong to their owners
        citation: Liu et al., FineAction, IEEE Transactions on Image Processing 2022
        protocols: [fineaction]
        usage:
          - mAP of segments at tIoU 0.5 to 0.95 on the validation videos - VideoMAE V2, InternVideo, OpenTAD.

        # As the paper gives them; 103324 segments in 16732 videos. See unchecked.
        splits:
          training:
            names: [training]
            videos: 8440
            segments: 57752
          validation:
            names: [validation]
            videos: 4174
            segments: 24236
          testing:
            names: [testing]
            videos: 4118
            segments: 21336

        by_hand:
          - Annotations (annotations_gt.json), videos and features are at https://openxlab.org.cn/datasets/OpenDataLab/FineAction, linked from https://github.com/Richard-61/FineAction.
          - The labels of the testing subset are not public.

        features:
          videomae-h:
            fps: 30
            stride: 16
            window: 16
            channels: 1280
            note: VideoMAE-H, from InternVideo; its frames are those of each video, and the published configurations take them for 30 a second
          videomaev2-g:
            fps: 30
            stride: 16
            window: 16
            channels: 1408
            note: Hugging Face data set OpenGVLab/VideoMAEv2-TAL-Features, fineaction_mae_g.tar.gz; rate as above
          internvideo2-1b:
            fps: 30
            stride: 4
            window: 16
            channels: 1408
            suffix: _spatial_pool_feature_5
            note: from VideoMambaSuite (pt files); OpenTAD takes every second one

        faults:
          - Many segments are shorter than a feature step of 16 frames.
          - OpenTAD leaves out v_00004011, v_00006080 and v_00002783 of the training videos as wrongly annotated.

        unchecked:
          - The counts of videos and segments; the authors' pages say 103K segments, 17K videos and 106 actions.

        classes_in: the annotation file (106 labels)
        """#,
        "hacs": #"""
        name: HACS Segments
        about: Web videos of the 200 activities of ActivityNet, with complete segments on about 50 thousand videos
        home: http://hacs.csail.mit.edu
        licence: annotations as published with the repository; the videos belong to their owners and are found on YouTube by their ids
        citation: Zhao et al., HACS, ICCV 2019
        protocols: [hacs]
        usage:
          - mAP of segments at tIoU 0.5 to 0.95 on the validation videos - TCANet, TriDet, OpenTAD.

        # As the authors' dataset_stats.py prints them for version 1.1.1.
        splits:
          training:
            names: [training]
            videos: 37613
          validation:
            names: [validation]
            videos: 5981
          testing:
            names: [testing]
            videos: 5987

        annotations:
          HACS_segments_v1.1.1.json:
            layout: ActivityNet
            note: in HACS_v1.1.1.zip; the labels of the testing subset are not public

        files:
          HACS_v1.1.1.zip:
            url: https://github.com/hangzhaomit/HACS-dataset/raw/master/HACS_v1.1.1.zip
            note: annotations of clips and segments
        by_hand:
          - Videos that have vanished from YouTube are asked for with the form on the page of the data set.

        features:
          slowfast:
            fps: 15
            stride: 8
            window: 32
            channels: 2304
            note: SlowFast-R101 fine-tuned on HACS, from TCANet
          videomae-l:
            fps: 30
            stride: 16
            window: 16
            channels: 1024
            note: VideoMAE-L, from InternVideo; its frames are those of each video, taken for 30 a second
          internvideo2-6b:
            fps: 30
            stride: 8
            window: 16
            channels: 3200
            prefix: v_
            suffix: _spatial_pool_feature_6
            note: from VideoMambaSuite (pt files); its frames are those of each video, taken for 30 a second as in OpenTAD

        faults:
          - Videos vanish from YouTube, so papers evaluate different numbers of videos; OpenTAD's InternVideo2 features lack 28 of the validation videos.
          - Durations are written as text.

        unchecked:
          - The channels and the rate of the VideoMAE-L features; its window and stride are those that OpenTAD lists.

        classes_in: the 200 labels of ActivityNet 1.3 ('tal data show activitynet-1.3')
        """#,
        "msr-vtt": #"""
        name: MSR-VTT
        about: 10 thousand web video clips of 10 to 30 s with 20 sentences each, for retrieval and question answering
        home: https://www.microsoft.com/en-us/research/publication/msr-vtt-a-large-video-description-dataset-for-bridging-video-and-language
        licence: for research use; the videos belong to their owners
        citation: Xu et al., MSR-VTT, CVPR 2016
        usage:
          - The whole split (6513, 497 and 2990 clips) - the challenge and MSRVTT-QA.
          - Training on 9000 clips, recall on 1000 pairs (1k-A) - S-ViLM, Frozen in Time and most retrieval papers.

        splits:
          training:
            names: [train]
            videos: 6513
          validation:
            names: [validate]
            videos: 497
          testing:
            names: [test]
            videos: 2990

        files:
          MSRVTT.zip:
            url: https://www.robots.ox.ac.uk/~maxbain/frozen-in-time/data/MSRVTT.zip
            note: videos, sentences and the lists of 1k-A, as Frozen in Time and most later papers use them

        faults:
          - Papers that train on 7010 clips do not compare with those that train on 9000.

        classes_in: the 20 categories of the annotation file; sentences are the labels
        """#,
        "multithumos": #"""
        name: MultiTHUMOS
        about: The videos of THUMOS14 with dense labels of 65 actions, several at a time
        home: http://ai.stanford.edu/~syyeung/everymoment.html
        licence: for research use; the videos belong to their owners
        citation: Yeung et al., Every Moment Counts, IJCV 2018
        protocols: [multithumos, multithumos-frames]
        usage:
          - mAP of segments at tIoU 0.1 to 0.9 - PointTAD, TemporalMaxer, OpenTAD.
          - mAP of frames - super-events, PDAN, MS-TCT; at the frame rate of their features, 10 a second for I3D.

        # Counted in multithumos.json.
        splits:
          training:
            names: [training]
            videos: 200
            segments: 18482
          testing:
            names: [testing]
            videos: 213
            segments: 20208

        annotations:
          multithumos.json:
            layout: numbered actions
            sha256: ecbe8f1ee20fb35781e2000e88620ac20af213c120985c0a593382ff6b7d6b98
            videos: 413
            segments: 38690
            note: classes by number from 1; 1 to 20 are those of THUMOS14 in alphabetical order

        files:
          multithumos.json:
            url: https://raw.githubusercontent.com/piergiaj/super-events-cvpr18/50282dc55364cd613f8de440c2357d588547ca76/data/multithumos.json
            size: 811668
            sha256: ecbe8f1ee20fb35781e2000e88620ac20af213c120985c0a593382ff6b7d6b98
        by_hand:
          - The videos are those of THUMOS14 ('tal data show thumos14').

        # The features of THUMOS14 serve.
        features:
          i3d:
            fps: 0
            stride: 4
            window: 16
            channels: 2048
            note: two streams, RGB and flow, joined; the last window of a video is missing

        faults:
          - The numbers of multithumos.json are not the alphabetical order of the 65 names, apart from the first 20.

        classes: [
          BaseballPitch, BasketballBlock, BasketballDribble, BasketballDunk, BasketballGuard, BasketballPass, BasketballShot,
          Billiards, BodyBend, BodyContract, BodyRoll, BodyTurn, ClapHands, CleanAndJerk, CliffDiving, CloseUpTalkToCamera,
          CricketBowling, CricketShot, DiscusRelease, DiscusWindUp, Diving, Drop, Fall, FistPump, FrisbeeCatch, GolfSwing,
          HammerThrow, HammerThrowRelease, HammerThrowSpin, HammerThrowWindUp, HighFive, HighJump, Hug, JavelinThrow, Jump,
          LongJump, NoHuman, OneHandedCatch, OneRaisedArmCelebrate, PatPerson, PickUp, PoleVault, PoleVaultPlantPole, Run,
          ShotPutBend, Shotput, Sit, SoccerPenalty, Squat, Stand, StandUp, TalkToCamera, TennisSwing, Throw, ThrowDiscus,
          TwoHandedCatch, TwoRaisedArmCelebrate, VolleyballBlock, VolleyballBump, VolleyballServe, VolleyballSet,
          VolleyballSpiking, Walk, WeightliftingClean, WeightliftingJerk
        ]
        """#,
        "thumos14": #"""
        name: THUMOS14
        about: Untrimmed sports videos of 20 actions, about 15 short segments a video; trained on the validation videos
        home: https://www.crcv.ucf.edu/THUMOS14
        licence: for research use; the videos belong to their owners
        citation: Jiang et al., THUMOS Challenge, 2014
        protocols: [thumos14, thumos14-actionformer-212, thumos14-opentad-211, thumos14-gtad-210]

        usage:
          - 212 test videos (thumos14.json) - ActionFormer, TriDet, TemporalMaxer.
          - 211 test videos (thumos_14_anno.json) - OpenTAD.
          - 210 test videos (thumos_gt.json) - G-TAD and papers on its code.

        # Counted in thumos14.json. Of the 1010 validation and 1574 test videos only these have times.
        splits:
          training:
            names: [Validation, validation, training, train]
            videos: 200
            segments: 3007
          testing:
            names: [Test, test, validation]
            videos: 212
            segments: 3358

        # sha256 of the uncompressed file.
        annotations:
          thumos14.json:
            layout: ActionFormer
            sha256: b0fb5ab084e3ae322b899bbbdd54f90621df3bcb83d33779edc2f22fe68adbb9
            videos: 412
            segments: 6365
            note: subsets Validation and Test; without Ambiguous segments
          thumos_14_anno.json:
            layout: OpenTAD
            sha256: ee526d55aa4315a8adc68c501d0331f96a56ce16fa960f1d2ea182b9381ab9ad
            videos: 411
            segments: 6328
            note: calls the training videos training and the test videos validation; two test videos are left out
          thumos14_flat.json:
            layout: flat
            sha256: 841b6e0b714c4feb9fe672c53e9cd515edca33909e3e87e682e6d80439f44135
            videos: 412
            segments: 6365
            note: subsets validation and test, no database level
          thumos_gt.json:
            layout: G-TAD
            sha256: 09ec867173d8532cd805769497633617f8a95519491c5558edd29a50731116a2
            videos: 410
            segments: 6318
            note: subsets train and test; times are text, there are no durations

        files:
          thumos_gt.json:
            url: https://raw.githubusercontent.com/frostinassiky/gtad/master/evaluation/thumos_gt.json
            sha256: 09ec867173d8532cd805769497633617f8a95519491c5558edd29a50731116a2
        by_hand:
          - The videos of the test set are in an archive whose password comes after the form at https://www.crcv.ucf.edu/THUMOS14/download.html.
          - thumos14.json comes with the I3D features that ActionFormer publishes (https://github.com/happyharrycn/actionformer_release).

        # frames per second (0 means that of each video), frames between features, frames seen by one feature, channels
        features:
          i3d:
            fps: 0
            stride: 4
            window: 16
            channels: 2048
            note: two streams, RGB and flow, joined; the last window of a video is missing

        faults:
          - In thumos14.json 30 segments end after their video, in thumos14_flat.json 92; its durations are shorter.
          - video_test_0000270 has 29 segments of which 22 end after its 176 s, the last at 714 s.
          - video_test_0001292 has only Ambiguous segments, so it is in the csv files (213 test videos) and in no JSON file.
          - video_test_0001496 is left out of G-TAD's ground truth, which has 210 test videos and 3311 segments.
          - The csv files have 89 and 99 additional Ambiguous segments; the challenge ignores predictions there, later papers do not.
          - Every CliffDiving segment (360) is also a Diving segment with the same times.
          - Subset names differ from file to file; validation is the training set in two files and the test set in one.
          - Of the 213 test videos 17 do not have 30 frames a second; assuming 30 for all of them shifts their segments.

        classes: [
          BaseballPitch, BasketballDunk, Billiards, CleanAndJerk, CliffDiving, CricketBowling, CricketShot, Diving, FrisbeeCatch,
          GolfSwing, HammerThrow, HighJump, JavelinThrow, LongJump, PoleVault, Shotput, SoccerPenalty, TennisSwing, ThrowDiscus,
          VolleyballSpiking
        ]
        """#,
        "videocc": #"""
        name: VideoCC
        about: Pairs of web video clips and captions that were mined from image captions, for pre-training
        home: https://github.com/google-research-datasets/videoCC-data
        licence: captions as published with the repository; the videos belong to their owners and are found on YouTube
        citation: Nagrani et al., Learning Audio-Video Modalities from Image Captions, ECCV 2022
        usage:
          - Pre-training of S-ViLM, which was trained on VideoCC and ActivityNet.

        by_hand:
          - video_cc_public.csv comes from https://storage.cloud.google.com/videocc_public_files/video_cc_public.csv, which asks for a Google account.
          - The videos are found on YouTube by the addresses in the file.

        faults:
          - Start and end are microseconds.
          - The file is not exactly the data of the paper, and some clips are static pictures that are panned.

        classes_in: none; captions are free text
        """#,
    ]
}
