using GopherMesh.Service;

namespace GopherMesh.Distributor;

/// <summary>gopher-distributor: says which version answers, and from which pod.</summary>
public static class DistributorApp
{
    /// <summary>The service's name.</summary>
    public const string Name = "gopher-distributor";

    /// <summary>Declares the service: <c>GET /</c> answers one line of text, next to the probes; any other path is 404.</summary>
    /// <exception cref="EnvironmentException">The environment is wrong.</exception>
    public static WebApplication Build(ServiceEnvironment environment)
    {
        var settings = DistributorSettings.Read(environment);
        var app = ServiceDefaults.CreateBuilder(settings.Service).Build();
        app.UseServiceDefaults();
        app.MapProbes();
        app.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], context => context.AnswerAsync(StatusCodes.Status200OK, Greeting.From(settings)));
        return app;
    }
}

/// <summary>The article's lines.</summary>
internal static class Greeting
{
    /// <summary>The line of a version and pod; from version 2 with 16 hexadecimal digits that are new each time.</summary>
    /// <remarks>They only distinguish requests and are no secret. A cryptographic generator would make every image depend on OpenSSL.</remarks>
    public static string From(DistributorSettings settings) => settings.VersionNumber == 1
        ? $"Gopher Version 1 from pod {settings.Service.Pod}\n"
        : $"Gopher Version {settings.VersionNumber} from pod {settings.Service.Pod} ({Random.Shared.GetHexString(16, lowercase: true)})\n";
}
