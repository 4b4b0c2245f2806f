using System.Collections.Concurrent;

namespace GopherMesh.Tests.Stub;

/// <summary>A stand-in for gopher-distributor that misbehaves as it is told to, or tells what it sees.</summary>
public static class StubApp
{
    private const int RequestsBeforeCrash = 20;

    /// <summary>The stub, with probes that are always well.</summary>
    /// <param name="version">What it calls itself.</param>
    /// <param name="behaviour">How it answers anything but a probe and <c>/counted</c>.</param>
    /// <param name="args">Command-line configuration, e.g. <c>--urls</c>.</param>
    public static WebApplication Build(string version, Behaviour? behaviour, params string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build();
        var chosen = behaviour ?? app.Configuration.GetValue<Behaviour>("Behaviour");
        var counted = new ConcurrentDictionary<string, int>();
        app.MapGet("/healthz", () => "ok");
        app.MapGet("/readyz", () => "ready");
        // How many requests came of each case: copies, whose answers nobody sees, are counted, and tries.
        app.MapGet("/counted", () => counted);
        app.MapFallback(context =>
        {
            var total = counted.AddOrUpdate(context.Request.Headers["x-case"].ToString(), 1, (_, count) => count + 1);
            return AnswerAsync(context, chosen, version, total);
        });
        return app;
    }

    private static Task AnswerAsync(HttpContext context, Behaviour behaviour, string version, int requests)
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
                return EchoAsync(context, version, requests);
        }
    }

    // The request may say how slow the answer is, with which status, and how many of its tries fail first.
    private static async Task EchoAsync(HttpContext context, string version, int requests)
    {
        if (Number(context, "x-delay-ms") is { } milliseconds)
            await Task.Delay(milliseconds, context.RequestAborted);
        if (Number(context, "x-status") is { } status)
            context.Response.StatusCode = status;
        if (Number(context, "x-fail-first") is { } failures && requests <= failures)
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsJsonAsync(Seen.From(context, version));
    }

    private static int? Number(HttpContext context, string header) =>
        int.TryParse(context.Request.Headers[header].ToString(), out var number) ? number : null;
}
