namespace GopherMesh.Tests.Services;

/// <summary>How long a test waits for a condition before it is a failure: far more than a busy machine needs.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Waits until a condition holds, and checks it again and again.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"waited {Limit} until {what}");
            await Task.Delay(20);
        }
    }
}
