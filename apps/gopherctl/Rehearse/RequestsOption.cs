using System.CommandLine;
using System.Globalization;

namespace GopherMesh.Gopherctl.Rehearse;

/// <summary>`--requests`: how many requests a rehearsal sends.</summary>
internal static class RequestsOption
{
    private const int Most = 1_000_000;

    /// <summary>The option; without it, as many are sent as the statistics need.</summary>
    public static Option<int?> Create()
    {
        var option = new Option<int?>("--requests", "-n")
        {
            Description = "How many requests are sent. [default: as many as the statistics need]",
            HelpName = "number",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token]
                && int.TryParse(token.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var requests)
                && requests is < 1 or > Most)
            {
                result.AddError($"--requests is {requests}; it must be from 1 to {Most}.");
            }
        });
        return option;
    }
}
