namespace GopherMesh.Tests.Stub;

/// <summary>A stand-in for gopher-distributor that misbehaves as it is told to or tells what it sees; or for a caller, that asks.</summary>
public static class StubApp
{
    private const int RequestsBeforeCrash = 20;

    /// <summary>The stub, with probes that are always well.</summary>
    /// <param name="version">What it calls itself.</param>
    /// <param name="behaviour">How it answers anything but a probe, <c>/received</c> and <c>/ask</c>.</param>
    /// <param name="args">Command-line configuration, e.g. <c>--urls</c>.</param>
    public static WebApplication Build(string version, Behaviour? behaviour, params string[] args)
    {
        var options = new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory };
        var builder = WebApplication.CreateSlimBuilder(options);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build();
        var chosen = behaviour ?? app.Configuration.GetValue<Behaviour>("Behaviour");
        var received = new ReceivedRequests();
        app.MapGet("/healthz", () => "ok");
        app.MapGet("/readyz", () => "ready");
        app.MapGet("/received", (string of) => received.Of(of));
        app.MapPost("/ask", (Question question) => PlainHttp.AskAsync(question));
        app.MapPost("/ask-each", (Question[] questions) => PlainHttp.AskEachAsync(questions));
        app.MapFallback("{**path}", async context =>
        {
            var seen = await Seen.FromAsync(context, version);
            await AnswerAsync(context, chosen, seen, received.Add(seen));
        });
        return app;
    }

    private static Task AnswerAsync(HttpContext context, Behaviour behaviour, Seen seen, int requests)
    {
        switch (behaviour)
        {
            case Behaviour.Error:
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return context.Response.WriteAsync("told to fail\n");
            case Behaviour.Hang:
                return Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            case Behaviour.Crash when requests >= RequestsBeforeCrash:
                Environment.Exit(1);
                return Task.CompletedTask;
            case Behaviour.Crash:
                return context.Response.WriteAsync($"Gopher Version 2 from pod {Environment.MachineName} (0123456789abcdef)\n");
            default:
                return EchoAsync(context, seen, requests);
        }
    }

    // The request may say how slow the answer is, with which status, and how many of its tries fail first.
    private static async Task EchoAsync(HttpContext context, Seen seen, int requests)
    {
        if (Number(seen, "x-delay-ms") is { } milliseconds)
        {
            await Task.Delay(milliseconds, context.RequestAborted);
        }

        if (Number(seen, "x-status") is { } status)
        {
            context.Response.StatusCode = status;
        }

        if (Number(seen, "x-fail-first") is { } failures && requests <= failures)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }

        await context.Response.WriteAsJsonAsync(seen);
    }

    private static int? Number(Seen seen, string header) =>
        int.TryParse(seen.Headers.GetValueOrDefault(header), out var number) ? number : null;
}

/// <summary>How the stub answers; the setting <c>Behaviour</c>, from appsettings.json (an image each) or the environment.</summary>
public enum Behaviour
{
    /// <summary>Answers what it saw of the request, as JSON.</summary>
    Echo,

    /// <summary>Answers every request with 500.</summary>
    Error,

    /// <summary>Accepts requests and never answers.</summary>
    Hang,

    /// <summary>Is healthy until its twentieth request, which ends the process.</summary>
    Crash,
}
