using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Observing;
using GopherMesh.Gopherctl.Page;

namespace GopherMesh.Benchmarks;

/// <summary>The page of a made-up system of 50 pods, which is told of requests at a steady rate: only the drawing is measured by it.</summary>
internal sealed class CrowdedPage : IPageSystem, IAsyncDisposable
{
    /// <summary>The number of pods.</summary>
    public const int Pods = 50;

    private const int Callers = 6;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private static readonly PodIdentity[] Calling = [.. Enumerable.Range(0, Callers).Select(pod => new PodIdentity($"gopher-requester-rs-c{pod:00}", "gophers", new Dictionary<string, string>()))];
    private static readonly (string Version, PodEndpoint Pod)[] Called = [.. Enumerable.Range(0, Pods - Callers).Select(pod => (
        $"v{1 + (pod % 2)}",
        new PodEndpoint($"gopher-distributor-v{1 + (pod % 2)}-rs-p{pod:00}", "gophers", new Dictionary<string, string>(), new Dictionary<string, int>(), true)))];

    private readonly LiveFigures _figures = new(TimeProvider.System);
    private readonly CancellationTokenSource _end = new();
    private Task _sending = Task.CompletedTask;
    private PageServer? _page;

    private CrowdedPage()
    {
    }

    /// <inheritdoc/>
    public event Action? Changed
    {
        add { }
        remove { }
    }

    /// <summary>Where the page is.</summary>
    public Uri Address => _page!.Address;

    /// <summary>Begins to serve, and to tell of requests.</summary>
    /// <param name="rate">Requests a second.</param>
    public static async Task<CrowdedPage> StartAsync(int rate)
    {
        var crowd = new CrowdedPage();
        crowd._page = await PageServer.StartAsync(0, crowd, crowd._figures, CancellationToken.None);
        crowd._sending = crowd.SendAsync((int)(rate * Tick.TotalSeconds));
        return crowd;
    }

    /// <inheritdoc/>
    public Shown Describe() => new("crowded", "made-up requests", null)
    {
        Versions = [new("v1", IsCanary: false, 0.5, 0, null), new("v2", IsCanary: true, 0.5, 0, null)],
        Pods =
        [
            .. Calling.Select(pod => new ShownPod(pod.Name, "gopher-requester", null, "ready", 0)),
            .. Called.Select(pod => new ShownPod(pod.Pod.Pod, "gopher-distributor", pod.Version, "ready", 0)),
        ],
    };

    /// <inheritdoc/>
    public Task<string?> ObeyAsync(PageCommand command, CancellationToken cancellation) => Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _page!.DisposeAsync();
        _end.Dispose();
    }

    private async Task SendAsync(int inATick)
    {
        using var timer = new PeriodicTimer(Tick);
        for (var sent = 0; await timer.WaitForNextTickAsync(_end.Token);)
        {
            for (var end = sent + inATick; sent < end; sent++)
            {
                var (version, pod) = Called[sent % Called.Length];
                _figures.OnRequest(new()
                {
                    Reporter = Reporter.Source,
                    Source = Calling[sent % Callers],
                    Subset = version,
                    Destination = pod,
                    StatusCode = sent % 500 == 0 ? 500 : 200,
                    Flags = ResponseMarks.None,
                    Duration = TimeSpan.FromMilliseconds(2),
                });
            }
        }
    }
}
