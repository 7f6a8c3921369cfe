// Carries the precompiled header of standard headers that every module reuses.
