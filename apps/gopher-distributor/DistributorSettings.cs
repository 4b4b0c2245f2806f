using System.Globalization;
using GopherMesh.Service;

namespace GopherMesh.Distributor;

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
