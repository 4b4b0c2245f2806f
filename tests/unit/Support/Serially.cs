// A program under test gets its configuration through the environment and its deployment through a static: there can be only one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
