using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using GopherMesh.Service;

namespace GopherMesh.Requester;

/// <summary>gopher-requester: calls the distributor and prefixes its answer.</summary>
public static class RequesterApp
{
    /// <summary>The service's name.</summary>
    public const string Name = "gopher-requester";

    /// <summary>Declares the service: <c>GET /</c> calls the distributor, next to the probes; any other path is 404.</summary>
    /// <exception cref="EnvironmentException">The environment is wrong.</exception>
    public static WebApplication Build(ServiceEnvironment environment)
    {
        var settings = RequesterSettings.Read(environment);
        var builder = ServiceDefaults.CreateBuilder(settings.Service);
        builder.Services.AddSingleton(settings).AddSingleton<DistributorClient>();
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapProbes();
        var distributor = app.Services.GetRequiredService<DistributorClient>();
        app.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], async context =>
        {
            var answer = await distributor.AskAsync(context.Request, context.RequestAborted);
            if (answer.SetCookie is { } cookie)
            {
                context.Response.Headers.SetCookie = cookie;
            }

            await context.AnswerAsync(answer.Status, answer.Text);
        });
        return app;
    }
}

/// <summary>The requester's settings, from its environment.</summary>
public sealed record RequesterSettings
{
    /// <summary>What every service knows.</summary>
    public required ServiceSettings Service { get; init; }

    /// <summary>The address of the distributor, from <c>DISTRIBUTOR_URL</c>: an absolute http or https URL without query.</summary>
    public required Uri DistributorUrl { get; init; }

    /// <summary>
    /// How long one call may take, from <c>DISTRIBUTOR_TIMEOUT_MS</c>: 1 to 10,000, by default 2,000. More than that could
    /// outlive the drain of a stopping pod.
    /// </summary>
    public required TimeSpan DistributorTimeout { get; init; }

    /// <summary>What is passed on beside the trace headers, from <c>PROPAGATED_HEADERS</c>: names between commas, by default none.</summary>
    public required IReadOnlyList<string> PropagatedHeaders { get; init; }

    /// <summary>The cookie that is passed on and handed back, from <c>STICKY_COOKIE</c>: its name, by default none.</summary>
    internal StickyCookie? StickyCookie { get; init; }

    private static string BuildVersion { get; } =
        typeof(RequesterSettings).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Reads the requester's variables and those of every service.</summary>
    /// <exception cref="EnvironmentException">A variable is missing or malformed.</exception>
    public static RequesterSettings Read(ServiceEnvironment environment)
    {
        var settings = new RequesterSettings
        {
            DistributorUrl = environment.Required<Uri>("DISTRIBUTOR_URL", TryParseUrl,
                "an absolute http or https URL without user, query or fragment, such as http://gopher-distributor"),
            DistributorTimeout = environment.Optional("DISTRIBUTOR_TIMEOUT_MS", ServiceSettings.Milliseconds(1, 10_000),
                "a number of milliseconds from 1 to 10000", TimeSpan.FromSeconds(2)),
            PropagatedHeaders = environment.Optional<IReadOnlyList<string>>("PROPAGATED_HEADERS", HeaderPropagation.TryParseNames,
                "names of request headers between commas, none of them a connection's or a body's", fallback: []),
            StickyCookie = environment.Optional<StickyCookie?>("STICKY_COOKIE", StickyCookie.TryParse, "the name of a cookie", fallback: null),
            Service = ServiceSettings.Read(environment, RequesterApp.Name, BuildVersion),
        };
        environment.ThrowIfWrong();
        return settings;
    }

    private static bool TryParseUrl(string text, [MaybeNullWhen(false)] out Uri url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
        && url is { UserInfo: "", Query: "", Fragment: "" };
}
