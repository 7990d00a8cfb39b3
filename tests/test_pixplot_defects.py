"""PixPlot's defects, as they were found by reading and running it, and the test here that each would fail.

A test is named by its file and its function, or in the viewer by the words that it begins with. Left out is what cannot come up here, such
as outdated packages of Python, the vendored library's drawing calls, and an attract mode.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
VIEWER = "viewer/tests"

LAYOUTS = {
    "each axis had a scale of its own, so the shape was lost": "layouts/test_frame.py::test_one_scale_for_both_axes",
    "maps of several parameters ignored the labels": "layouts/test_step.py::test_variants_follow_the_labels",
    "maps of several parameters ignored the seed": "layouts/test_step.py::test_variants_lie_as_the_map_does",
    "a blank label was a class of its own": "layouts/test_step.py::test_a_blank_label_is_no_label",
    "a map in three dimensions had no grid": "test_plan.py::test_a_space_is_made_where_something_is_made_from_it",
    "pointgrid_fill was read and ignored": "layouts/test_jitter.py::test_the_fill_is_used",
    "pictures without overlaps moved without bound": "layouts/test_jitter.py::test_no_picture_moves_too_far",
    "the grid lost most neighbours above 4,000 pictures": "layouts/test_grid.py::test_neighbours_are_kept",
    "the alphabet began at the bottom": "layouts/test_step.py::test_alphabetical",
    "a shuffled alphabet was none": "layouts/test_alphabetical.py::test_order",
    "a blank category was a group without a name": "layouts/test_arranged.py::test_categories",
    "a tag with a slash could not be filtered": "layouts/test_arranged.py::test_categories",
    "1890s and 19th century were no dates, 500 BC was after Christ": "layouts/test_arranged.py::test_dates",
    "a blank coordinate was a place in the Atlantic, or stopped the run": "layouts/test_arranged.py::test_places",
    "positions of one's own lost their shape, and some rows": "layouts/test_arranged.py::test_positions_of_the_metadata",
    "dates without a year were Infinity": "layouts/test_arranged.py::test_columns_without_any_value",
    "of GeoJSON one form was drawn": "layouts/test_geojson.py::test_lines",
    "names of models were hashes that no other process finds": "test_plan.py::test_names_are_the_same_in_every_process",
    "layouts were trusted by a run's id, whatever had changed": (
        "test_plan.py::test_a_parameter_changes_its_step_and_what_is_made_from_it"
    ),
    "a picture skipped late shifted all rows after it": "store/test_shown.py::test_items_of_unreadable_images_are_left_out",
}

HOTSPOTS = {
    "a cluster of more than half was deleted": "hotspots/test_clusters.py::test_a_cluster_of_most_images_is_split",
    "the last member stood for all": "hotspots/test_clusters.py::test_medoid_is_near_the_mean_and_stragglers_move_nothing",
    "clusters had numbers alone": "hotspots/test_clusters.py::test_hotspots_are_named_by_the_metadata_of_their_members",
    "KMeans silently took HDBSCAN's place": "hotspots/test_clusters.py::test_nothing_takes_the_place_of_hdbscan",
    "KMeans of more clusters than pictures crashed": "hotspots/test_levels.py::test_kmeans_of_too_few_pictures_finds_nothing",
    "saved hotspots were row numbers, wrong after any change": "hotspots/test_edited.py::test_choices_stay_when_pictures_come_and_go",
    "the 27th cluster of a reader had no name": f"{VIEWER}/selection.test.ts::can be made and deleted",
}

PIPELINE = {
    "contrast was stretched picture by picture": "ingest/test_render.py::test_contrast_is_not_stretched",
    "EXIF's orientation was ignored": "ingest/test_decode.py::test_exif_orientation_is_applied",
    "small pictures were enlarged": "ingest/test_render.py::test_picture_is_reduced_but_never_enlarged",
    "one bad suffix lost the end of a long run": "catalog/test_bad_input.py::test_file_names_with_any_suffix_or_none_reach_the_end",
    "equal names in two folders stopped the run": "catalog/test_bad_input.py::test_rows_and_pictures_that_do_not_match",
    "blank cells stopped the run": "catalog/test_bad_input.py::test_blank_cells",
    "JSON with lists and numbers stopped the run": "catalog/test_bad_input.py::test_json_with_lists_numbers_and_missing_keys",
    "a byte order mark hid the first column": "catalog/test_bad_input.py::test_encodings_that_spreadsheets_write",
    "a half-written atlas counted as whole": "store/test_commit.py::test_a_killed_writer_leaves_no_folder",
    "two plots in a folder overwrote each other": "store/test_lock.py::test_a_second_holder_is_told",
    "a million names took hours to compare": "catalog/test_files.py::test_lists_sorted_below_the_root",
}

PAGE = {
    "of 16 atlases one was loaded": f"{VIEWER}/streaming.test.ts::takes a whole atlas as it is",
    "compressed metadata could not be read": "site/test_site.py::test_compressed_copies_are_written_and_go_again",
    "a failed layout locked all others": "site/test_viewer_pixplot_browser.py::test_a_layout_that_cannot_be_had",
    "a missing file kept the page from starting": "site/test_viewer_browser.py::test_missing_pages_leave_colours_and_a_note",
    "on a phone layouts and settings could not be reached": "site/test_viewer_browser.py::test_a_phone_shows_the_map",
    "labels were ASCII, and needed a layout of dates": "site/test_viewer_layouts_browser.py::test_labels_are_text",
    "selecting with shift took another picture": "site/test_viewer_explore_browser.py::test_shift_selects_without_a_tool",
    "the picture of row 0 could not be flown to": "site/test_viewer_pixplot_browser.py::test_the_first_picture_can_be_flown_to",
    "a lone per cent sign lost the metadata": "catalog/test_metadata.py::test_a_name_with_a_percent_sign_is_found_as_it_is",
    "metadata was put into the page as HTML": "site/test_viewer_browser.py::test_hostile_metadata_is_text",
    "exported CSV had no header": f"{VIEWER}/selection.test.ts::writes a header and the rows asked for",
    "keys changed tools while one typed": "site/test_viewer_pixplot_browser.py::test_keys_are_letters_where_one_types",
    "a picture that failed once was asked for in vain, or never again": (
        f"{VIEWER}/streaming.test.ts::does not ask twice for a picture that could not be had"
    ),
    "sharper pictures came by the camera's height": f"{VIEWER}/streaming.test.ts::asks for a picture at the size of its layer",
    "a lasso was its convex hull": "site/test_viewer_explore_browser.py::test_a_lasso_of_any_shape",
    "a lost context reloaded the page": "site/test_viewer_browser.py::test_a_lost_context_comes_back_with_all_pictures",
    "every frame was drawn, also of a page at rest": "site/test_viewer_browser.py::test_nothing_is_drawn_while_nothing_changes",
    "more textures were asked for than a card has": f"{VIEWER}/streaming.test.ts::works where textures are of 4096 texels",
}

DEFECTS = LAYOUTS | HOTSPOTS | PIPELINE | PAGE


@pytest.mark.parametrize(("defect", "test"), DEFECTS.items())
def test_each_defect_has_a_test(defect: str, test: str) -> None:
    path, _, name = test.partition("::")
    text = (ROOT / path if path.startswith(VIEWER) else ROOT / "tests" / path).read_text("utf-8")
    start = f'it("{name}' if path.startswith(VIEWER) else f"def {name}"
    assert start in text, f"{defect}: {test} is gone"
