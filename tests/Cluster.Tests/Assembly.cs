using System.Runtime.Versioning;

// Signals.
[assembly: UnsupportedOSPlatform("windows")]

// Each run starts servers of its own and measures how long they take.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
