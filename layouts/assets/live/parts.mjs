// The parts of the map page beside the live marks; each has a module of its own.
import { BaseMap } from "./base_map.mjs";
import { ComponentLayer } from "./component_layer.mjs";
import { Drawing } from "./drawing.mjs";
import { MapFocus } from "./focus.mjs";
import { HeatLayer } from "./heat_layer.mjs";
import { InSight } from "./in_sight.mjs";
import { LabelLayer } from "./label_layer.mjs";
import { LayerTree } from "./layer_tree.mjs";
import { MapViewPart } from "./map_view.mjs";
import { PinPart } from "./pin.mjs";
import { ReplayPart } from "./replay_part.mjs";
import { SearchBox } from "./search_box.mjs";
import { SharePart } from "./share.mjs";
import { ResourceLayer } from "./resource_layer.mjs";
import { UnitLayer } from "./unit_layer.mjs";
import { UnmaskPart } from "./unmask.mjs";
import { ZoneLayer } from "./zone_layer.mjs";
import { Things } from "./things.mjs";
import { TrackLayer } from "./track_layer.mjs";

/**
 * What a part may have; the page calls what is there, in the order of PARTS.
 * @typedef {{
 *   onMap?: (scene: import("./scene.mjs").Scene) => void, look?: (view: import("./config.mjs").View) => void,
 *   show?: (snapshot: import("./facts.mjs").Snapshot) => void, facts?: (applied: {fact: import("./facts.mjs").Fact}[]) => void,
 *   moved?: (snapshot: import("./facts.mjs").Snapshot) => void,
 * }} Part  onMap: a map is there (or a new one); look: the view has changed; show: the snapshot has changed; facts: these made it so; moved: workers have
 */

/** @type {(new (page: any) => Part)[]} each is given the Page of main.mjs */
export const PARTS = [BaseMap, Drawing, LayerTree, MapViewPart, SearchBox, PinPart, MapFocus, SharePart, ComponentLayer, ZoneLayer, UnitLayer, ResourceLayer, TrackLayer, Things, InSight, HeatLayer, LabelLayer, ReplayPart, UnmaskPart];
