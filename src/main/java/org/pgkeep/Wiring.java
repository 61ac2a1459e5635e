package org.pgkeep;

import org.pgkeep.cli.Features;

/** Builds features from settings: the one place that knows how everything fits together. */
final class Wiring implements Features {}
