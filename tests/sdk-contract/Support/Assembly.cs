// Configuration comes from the environment, and a failed program sets the process's exit code: both are shared by all tests.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
