using System.Runtime.Versioning;

// Bash, signals and file modes.
[assembly: UnsupportedOSPlatform("windows")]

// Each test starts servers of its own and some measure how long they take.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
