namespace GopherMesh.Tests.Engine;

/// <summary>The stack with a canary at 10 %, for tests of what happens to a running stack: each leaves it as it was. At the end it is destroyed, to an account as before.</summary>
public sealed class RunningStack : IAsyncLifetime
{
    public const string Name = "running stack";

    private IReadOnlySet<string>? _before;

    internal CommittedStack Stack { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (Checkout.SkipReason is not null)
        {
            return;
        }

        _before = await Account.ContentAsync();
        Stack = await CommittedStack.InitAsync();
        await Stack.UseTestImagesAsync();
        await Stack.SetAsync("canaryVersion", "v2");
        await Stack.SetAsync("canaryWeight", "10");
        await Stack.UpAsync();
    }

    public async Task DisposeAsync()
    {
        if (_before is not null)
        {
            await Stack.DestroyAsync();
            Assert.Empty((await Account.ContentAsync()).Except(_before));
        }
    }
}

/// <summary>All tests of a running stack share one, since making it takes minutes.</summary>
[CollectionDefinition(RunningStack.Name)]
public sealed class RunningStackTests : ICollectionFixture<RunningStack>;
