extension BuiltInManifests {
    /// `data-manifests/activitynet-1.3.yaml`, copied by `data-manifests/embed.sh`.
    static let activitynet13 = #"""
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
        """#
}
