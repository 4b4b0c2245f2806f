using System.Globalization;
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
    /// <remarks>They only distinguish requests and are not secret. A cryptographic generator would make every image depend on OpenSSL.</remarks>
    public static string From(DistributorSettings settings) => settings.VersionNumber == 1
        ? $"Gopher Version 1 from pod {settings.Service.Pod}\n"
        : $"Gopher Version {settings.VersionNumber} from pod {settings.Service.Pod} ({Random.Shared.GetHexString(16, lowercase: true)})\n";
}

/// <summary>The distributor's settings, from its environment.</summary>
/// <param name="Service">What every service knows; its version is the variable's text, such as <c>v2</c>.</param>
/// <param name="VersionNumber">The number in <c>VERSION</c>, 1 and up.</param>
public sealed record DistributorSettings(ServiceSettings Service, int VersionNumber)
{
    /// <summary>Reads <c>VERSION</c> and the variables of every service.</summary>
    /// <exception cref="EnvironmentException">A variable is missing or malformed.</exception>
    public static DistributorSettings Read(ServiceEnvironment environment)
    {
        var number = environment.Required<int>("VERSION", TryParseVersion, "'v' and a number from 1, such as v1 or v2");
        var service = ServiceSettings.Read(environment, DistributorApp.Name, $"v{number.ToString(CultureInfo.InvariantCulture)}");
        environment.ThrowIfWrong();
        return new DistributorSettings(service, number);
    }

    private static bool TryParseVersion(string text, out int number)
    {
        number = 0;
        return text is ['v', >= '1' and <= '9', ..]
            && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
