using GopherMesh.Tests.Instruments;
using Microsoft.Playwright;

namespace GopherMesh.Tests.Page;

/// <summary>One real Chromium for all tests: the one that is on PATH, driven by Playwright.</summary>
public sealed class Chromium : IAsyncLifetime
{
    /// <summary>A name that this Chromium takes for 127.0.0.1, as a foreign site's name may be made to mean it.</summary>
    public const string Rebound = "evil.example";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Why tests that need a browser are skipped; null where it is there.</summary>
    public static string? SkipReason { get; } =
        Program is null ? "chromium is not on PATH; Debian's package chromium has it"
        : File.Exists(Path.Combine(AppContext.BaseDirectory, ".playwright", "package", "cli.js")) && HasNode ? null
        : "Playwright's driver, or a Node to run it, is not beside the tests; PLAYWRIGHT_NODEJS_PATH may name one";

    /// <summary>The browser.</summary>
    public IBrowser Browser => _browser ?? throw new InvalidOperationException(SkipReason ?? "the browser has not been started");

    private static string? Program => RequiredProgram.Find("chromium") ?? RequiredProgram.Find("chromium-browser") ?? RequiredProgram.Find("google-chrome");

    private static bool HasNode => Environment.GetEnvironmentVariable("PLAYWRIGHT_NODEJS_PATH") is { Length: > 0 }
        || (Directory.Exists(Path.Combine(AppContext.BaseDirectory, ".playwright", "node"))
            && Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, ".playwright", "node"), "node*", SearchOption.AllDirectories).Any());

    public async Task InitializeAsync()
    {
        if (SkipReason is not null)
        {
            return;
        }

        Assertions.SetDefaultExpectTimeout(120_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = [$"--host-resolver-rules=MAP {Rebound} 127.0.0.1"] });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
    }
}

/// <summary>The tests that share the browser run one after the other: a busy machine would make them wait for one another anyway.</summary>
[CollectionDefinition(Name)]
public sealed class ChromiumTests : ICollectionFixture<Chromium>
{
    public const string Name = "tests in a real Chromium";
}

/// <summary>A test that needs a browser; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = Chromium.SkipReason;
}

/// <summary>A theory that needs a browser.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute() => Skip = Chromium.SkipReason;
}
