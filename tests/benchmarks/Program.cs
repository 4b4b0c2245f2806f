using GopherMesh.Benchmarks;

switch (args)
{
    case ["smallest", var address]:
        await SmallestApplication.RunAsync(address);
        return 0;
    case ["relay", var address, var other]:
        await SmallestApplication.RelayAsync(address, new Uri(other));
        return 0;
    case ["rehearsal", var kind]:
        await RehearsedChild.RunAsync(hasPage: kind == "page");
        return 0;
}

Func<Task>? benchmark = args switch
{
    ["judge", var text] when int.TryParse(text, out var rollouts) && rollouts is > 0 and <= 1_000_000 => () => Task.Run(() => JudgeBenchmark.Run(rollouts)),
    ["mesh"] => MeshBenchmark.RunAsync,
    ["page"] => PageBenchmark.RunAsync,
    ["alone"] => AloneAsync,
    _ => null,
};
if (benchmark is null)
{
    Console.Error.WriteLine("benchmarks: unknown arguments; tests/benchmarks/run --help says how to run them");
    return 2;
}

try
{
    await benchmark();
    return 0;
}
catch (BenchmarkException failure)
{
    Console.Error.WriteLine($"benchmarks: {failure.Message}");
    return 1;
}

static async Task AloneAsync()
{
    await EvaluationBenchmark.RunAsync();
    await ServiceBenchmark.RunAsync();
}
