package org.pgkeep.cli;

/** Builds features from the settings in force; the one implementation is in the house's wiring. */
public interface Features {}
