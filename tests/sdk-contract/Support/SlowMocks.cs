using System.Collections.Concurrent;
using Pulumi.Testing;

namespace GopherMesh.Tests.SdkContract.Support;

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
