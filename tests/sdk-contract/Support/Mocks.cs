using System.Collections.Concurrent;
using System.Collections.Immutable;
using Pulumi.Testing;

namespace GopherMesh.Tests.SdkContract.Support;

/// <summary>Answers with the inputs as state and records every call, in order.</summary>
internal sealed class RecordingMocks : IMocks
{
    private ImmutableList<MockResourceArgs> _resources = [];
    private ImmutableList<MockCallArgs> _calls = [];
    private ImmutableList<MockRegisterResourceOutputsRequest> _outputs = [];

    public IReadOnlyList<MockResourceArgs> Resources => _resources;

    public IReadOnlyList<MockCallArgs> Calls => _calls;

    public IReadOnlyList<MockRegisterResourceOutputsRequest> Outputs => _outputs;

    public Func<MockResourceArgs, (string? Id, object State)> OnResource { get; init; } = args => ($"{args.Name}-id", args.Inputs);

    public Func<MockCallArgs, object> OnCall { get; init; } = args => args.Args;

    public MockResourceArgs this[string name] => _resources.Single(resource => resource.Name == name);

    public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
    {
        ImmutableInterlocked.Update(ref _resources, (all, added) => all.Add(added), args);
        return Task.FromResult<(string?, object)>(OnResource(args));
    }

    public Task<object> CallAsync(MockCallArgs args)
    {
        ImmutableInterlocked.Update(ref _calls, (all, added) => all.Add(added), args);
        return Task.FromResult(OnCall(args));
    }

    public Task RegisterResourceOutputs(MockRegisterResourceOutputsRequest args)
    {
        ImmutableInterlocked.Update(ref _outputs, (all, added) => all.Add(added), args);
        return Task.CompletedTask;
    }
}

/// <summary>Holds one resource's answer back until a signal, and logs the calls.</summary>
internal sealed class SlowMocks(string slow, Task signal) : IMocks
{
    private readonly ConcurrentQueue<string> _log = new();

    public IEnumerable<string> Log => _log;

    public async Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
    {
        _log.Enqueue(args.Name!);
        if (args.Name == slow)
        {
            await signal;
            _log.Enqueue($"{args.Name} answered");
        }

        return ($"{args.Name}-id", args.Inputs);
    }

    public Task<object> CallAsync(MockCallArgs args) => throw new NotSupportedException();
}
