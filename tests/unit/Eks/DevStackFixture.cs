namespace GopherMesh.Tests.Unit.Eks;

/// <summary>The committed dev stack with a canary, declared once for the tests of a class.</summary>
public sealed class DevStackFixture : IAsyncLifetime
{
    internal DevStack Stack { get; private set; } = null!;

    internal DeletionOrder Order { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Stack = await DevStack.DeclareAsync("canaryVersion=v2");
        Order = new DeletionOrder(Stack.Resources);
    }

    public Task DisposeAsync() => Task.CompletedTask;
}
