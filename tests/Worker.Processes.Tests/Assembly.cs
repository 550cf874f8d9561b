// Daemons, trees of processes, descriptors and zombies are looked at as a whole process sees them: two tests at once see each other's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
