using GopherMesh.Benchmarks;

switch (args)
{
    case ["smallest", var address]:
        await SmallestApplication.RunAsync(address);
        return 0;
    case ["relay", var address, var other]:
        await SmallestApplication.RelayAsync(address, new Uri(other));
        return 0;
    case ["judge", var rollouts] when int.TryParse(rollouts, out var number) && number is > 0 and <= 1_000_000:
        JudgeBenchmark.Run(number);
        return 0;
    case ["alone" or "mesh"]:
        try
        {
            if (args is ["mesh"])
            {
                await MeshBenchmark.RunAsync();
                return 0;
            }

            await EvaluationBenchmark.RunAsync();
            await ServiceBenchmark.RunAsync();
            return 0;
        }
        catch (BenchmarkException failure)
        {
            Console.Error.WriteLine($"benchmarks: {failure.Message}");
            return 1;
        }
    default:
        Console.Error.WriteLine("benchmarks: unknown arguments; tests/benchmarks/run --help says how to run them");
        return 2;
}
