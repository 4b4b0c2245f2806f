using System.Text;
using Microsoft.AspNetCore.Http;

namespace GopherMesh.Service;

/// <summary>Answers a request with text.</summary>
public static class TextAnswer
{
    /// <summary>Answers with a status and UTF-8 text whose length is known, so that it is sent in one piece.</summary>
    public static Task AnswerAsync(this HttpContext context, int status, string text)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = Encoding.UTF8.GetByteCount(text);
        return response.WriteAsync(text, context.RequestAborted);
    }
}
